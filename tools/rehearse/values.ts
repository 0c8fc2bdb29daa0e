// Part of the rehearsal on values: each tag, name and description has the form that its service takes.
import { isObject, type JsonObject, listOf, type Resource } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import { descriptions, type Form, fits, names, otherNames, tagForm } from './forms';
import type { Row } from './row';
import type { StandIn } from './stand-in';

interface Text {
  readonly place: string;
  readonly text: string;
  readonly form: Form;
}

/** A row for each resource with tags, names or descriptions. */
export function rehearseValues(standIn: StandIn): readonly Row[] {
  return standIn.assembly.resources.flatMap((resource) => {
    const texts = textsOf(resource, standIn.properties(resource));
    if (texts.length === 0) return [];
    const row = { part: 'values', subject: nameOf(resource, standIn.assembly.facts) } as const;
    const wrong = texts.filter(({ text, form }) => !fits(text, form));
    if (wrong.length === 0) return [{ ...row, outcome: 'ok', detail: `${texts.length} texts` }];
    return wrong.map(({ place, text, form }): Row => {
      const allowed = `at most ${form.longest} signs${form.signs ? ` in the form ${form.signs.source}` : ''}`;
      const fix = 'change the text, or refuse the setting that it comes from';
      return { ...row, outcome: 'refused', detail: `${place}: expected ${allowed}, got ${JSON.stringify(text)}`, fix };
    });
  });
}

function textsOf({ type }: Resource, properties: JsonObject): readonly Text[] {
  const tags = listOf(properties.Tags)
    .filter(isObject)
    .flatMap(({ Key, Value }) => [
      { place: `the key of the tag ${String(Key)}`, text: String(Key), form: { ...tagForm, longest: 128 } },
      { place: `the tag ${String(Key)}`, text: String(Value), form: tagForm },
    ]);
  const others = Object.entries(properties).flatMap(([property, value]) => {
    const form = /Description$/.test(property)
      ? descriptions[type]
      : otherNames.includes(property)
        ? undefined
        : names[`${type} ${property}`];
    return form && typeof value === 'string' && !value.includes('${') ? [{ place: property, text: value, form }] : [];
  });
  return [...tags, ...others];
}
