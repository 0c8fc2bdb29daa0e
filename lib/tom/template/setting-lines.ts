// Settings in texts, `NAME=value` line by line, as plain JSON that forms judge.
import type { Json, JsonObject } from './assembly';

/** Adds a member. A second one of the same name is not lost: it gets a name of its own, which no form admits. */
export function withMember(object: JsonObject, name: string, value: Json): JsonObject {
  return Object.hasOwn(object, name) ? withMember(object, `${name} (again)`, value) : { ...object, [name]: value };
}

/**
 * The settings of a text by name, as written. A line that is no setting, such as one with a space before it, is a
 * member under its own text, which no form admits.
 */
export function settingLines(text: string): JsonObject {
  return text.split('\n').reduce<JsonObject>((settings, line) => {
    const [, name, value] = /^((?:export )?[A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? withMember(settings, line, line) : withMember(settings, name, value);
  }, {});
}
