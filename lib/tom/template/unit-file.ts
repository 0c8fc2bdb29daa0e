// Units of systemd as plain JSON that forms judge. (systemd.syntax)
import type { Json, JsonObject } from './assembly';

/**
 * The settings of a unit by section, each a list of the values in their order: an empty value resets those before it.
 * `undefined` for a text with a section twice, and for one with a line of another form,
 * such as one that continues or has a space before it.
 */
export function unitSections(text: string): Json | undefined {
  const sections: Record<string, Record<string, Json>> = {};
  let section: Record<string, Json> | undefined;
  for (const line of text.split('\n')) {
    if (/^(?:#.*)?$/.test(line)) continue;
    const [, header] = /^\[([A-Za-z]+)\]$/.exec(line) ?? [];
    if (header !== undefined) {
      if (sections[header]) return undefined;
      section = {};
      sections[header] = section;
      continue;
    }
    const [, name, value] = /^([A-Za-z]+)=((?:\S.*)?)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || value.endsWith('\\') || !section) return undefined;
    section[name] = [...((section[name] as readonly Json[] | undefined) ?? []), value];
  }
  return sections as JsonObject;
}
