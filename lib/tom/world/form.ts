// Forms: the values that a property of a declared resource may have. A form judges the canonical value, so that every
// notation of a value is judged alike. A property without a form is a deviation.
import { isDeepStrictEqual } from 'node:util';
import { type Assembly, type DeploymentFacts, isObject, type Json, type Resource } from '../template/assembly';
import { isHarmless } from './harmless';

/** What a form may depend on besides the value. */
export interface Context {
  readonly resource: Resource;
  readonly assembly: Assembly;
  readonly facts: DeploymentFacts;
  /**
   * Values of the variables in texts, as in `<zone>`: those of the name of the resource, and those of the deployment.
   */
  readonly variables: Readonly<Record<string, string>>;
}

/** A value that its form does not admit. */
export interface Deviation {
  readonly path: string;
  readonly found: Json | undefined;
  /** The admitted values, as a noun phrase. */
  readonly required: string;
}

/** Judgement of a leaf: its value is closed by a form, or harmless. */
export type LeafKind = 'closed' | 'harmless';

/** Value, its path below the resource, and the resource. */
export interface Place {
  readonly value: Json | undefined;
  readonly path: string;
  readonly context: Context;
  /** Called for each leaf that a form reaches. */
  readonly leaf?: ((path: string, kind: LeafKind) => void) | undefined;
}

export interface Form {
  /** Whether the property may be absent. */
  readonly optional?: boolean;
  readonly deviations: (place: Place) => readonly Deviation[];
}

/** A form, or a plain value that stands for one: a literal is the only value, an object a shape, a list a sequence. */
export type FormLike = Form | string | number | boolean | readonly FormLike[] | { readonly [key: string]: FormLike };

const isForm = (value: FormLike): value is Form => isObject(value) && typeof value.deviations === 'function';

export function formOf(value: FormLike): Form {
  if (typeof value !== 'object') return is(value);
  if (Array.isArray(value)) return sequence(...(value as readonly FormLike[]));
  return isForm(value) ? value : shape(value as Readonly<Record<string, FormLike>>);
}

const deviation = ({ path, value }: Place, required: string): readonly Deviation[] => [{ path, found: value, required }];

const childOf = (place: Place, key: string, value: Json | undefined): Place => ({
  ...place,
  value,
  path: place.path === '' ? key : `${place.path}.${key}`,
});

/** Fills the variables of a text: `<zone>` becomes `1`. Throws for a variable that the name does not bind. */
export function fill(text: string, { variables }: Pick<Context, 'variables'>): string {
  return text.replace(/<([a-zA-Z]+)>/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`form "${text}": expected one of ${Object.keys(variables).join(', ')}, got <${name}>`);
    return value;
  });
}

function fillAll(value: Json, context: Context): Json {
  if (typeof value === 'string') return fill(value, context);
  if (Array.isArray(value)) return value.map((element: Json) => fillAll(element, context));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [fill(key, context), fillAll(member, context)]));
  return value;
}

/** A leaf whose value passes a test. */
export function leafForm(required: string | ((context: Context) => string), test: (value: Json, context: Context) => boolean): Form {
  return {
    deviations(place) {
      place.leaf?.(place.path, 'closed');
      const { value, context } = place;
      if (value !== undefined && test(value, context)) return [];
      return deviation(place, typeof required === 'string' ? required : required(context));
    },
  };
}

/** One of the values. Texts may have variables, as in `<deployment>-audit`. */
export function is(...values: readonly Json[]): Form {
  return leafForm(
    (context) => values.map((value) => JSON.stringify(fillAll(value, context))).join(' or '),
    (found, context) => values.some((value) => isDeepStrictEqual(fillAll(value, context), found)),
  );
}

/** A whole number in an interval, ends included. */
export function between(least: number, most: number): Form {
  return leafForm(
    `a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  );
}

/** A text that matches an expression whole. `noun` names the texts, as in `a date`. */
export function matches(expression: RegExp, noun: string): Form {
  const whole = new RegExp(`^(?:${expression.source})$`, expression.flags);
  return leafForm(noun, (value) => typeof value === 'string' && whole.test(value));
}

/** A value without influence on a promise, listed in harmless.ts with the reason. */
export const harmless: Form = {
  deviations(place) {
    place.leaf?.(place.path, 'harmless');
    const { path, value, context } = place;
    if (!isHarmless(context.resource.type, path)) return deviation(place, 'a property that harmless.ts lists');
    // Text that is decided outside the deployment is never harmless: it can hold anything.
    return typeof value === 'string' && /\$\{(?:parameter|unknown|Fn::|Ref)/.test(value) ? deviation(place, 'a plain value') : [];
  },
};

/** A form that may be absent. */
export function optional(form: FormLike): Form {
  return { optional: true, deviations: formOf(form).deviations };
}

/** An object with exactly these properties. */
export function shape(members: Readonly<Record<string, FormLike>>): Form {
  const forms = Object.entries(members).map(([key, form]) => [key, formOf(form)] as const);
  return {
    deviations(place) {
      const { value, context } = place;
      if (!isObject(value)) return deviation(place, `an object with ${forms.map(([key]) => key).join(', ')}`);
      const filled = new Map(forms.map(([key, form]) => [fill(key, context), form]));
      const unknown = Object.keys(value).filter((key) => !filled.has(key));
      return [
        ...unknown.flatMap((key) => deviation(childOf(place, key, value[key]), 'a property that the form of the resource declares; none')),
        ...[...filled].flatMap(([key, form]) => {
          const member = Object.hasOwn(value, key) ? value[key] : undefined;
          return member === undefined && form.optional ? [] : form.deviations(childOf(place, key, member));
        }),
      ];
    },
  };
}

/** A list of exactly these elements, in this order. */
export function sequence(...elements: readonly FormLike[]): Form {
  const forms = elements.map(formOf);
  return {
    deviations(place) {
      const { value } = place;
      if (!Array.isArray(value)) return deviation(place, `a list of ${forms.length}`);
      const list = value as readonly Json[];
      const extra = list
        .slice(forms.length)
        .flatMap((element, index) => deviation(childOf(place, String(forms.length + index), element), 'no further element'));
      return [...forms.flatMap((form, index) => form.deviations(childOf(place, String(index), list[index]))), ...extra];
    },
  };
}

/** A list of elements that all have one form, at least `least` and at most `most`, without duplicates. */
export function each(element: FormLike, { least = 1, most = Number.POSITIVE_INFINITY }: { least?: number; most?: number } = {}): Form {
  const form = formOf(element);
  return {
    deviations(place) {
      const { value } = place;
      const size = `a list of ${least}${most === Number.POSITIVE_INFINITY ? ' or more' : ` to ${most}`} different elements`;
      if (!Array.isArray(value)) return deviation(place, size);
      const list = value as readonly Json[];
      const distinct = new Set(list.map((item) => JSON.stringify(item))).size;
      const sized = list.length >= least && list.length <= most && distinct === list.length ? [] : deviation(place, size);
      return [...sized, ...list.flatMap((item, index) => form.deviations(childOf(place, String(index), item)))];
    },
  };
}

/**
 * A list of exactly these elements, in any order. Each element of the template belongs to the first form without a
 * deviation that no other element has taken.
 */
export function set(...elements: readonly FormLike[]): Form {
  const forms = elements.map(formOf);
  return {
    deviations(place) {
      const { value } = place;
      if (!Array.isArray(value)) return deviation(place, `a list of ${forms.length}`);
      const left = [...forms];
      const deviating: Place[] = [];
      for (const [index, item] of (value as readonly Json[]).entries()) {
        const child = childOf(place, String(index), item);
        const found = left.findIndex((form) => form.deviations({ ...child, leaf: undefined }).length === 0);
        if (found === -1) deviating.push(child);
        else left.splice(found, 1)[0]?.deviations(child);
      }
      const missing = left.slice(deviating.length).flatMap(() => deviation(place, `a list of ${forms.length}`));
      return [...missing, ...deviating.flatMap((child) => left.shift()?.deviations(child) ?? deviation(child, 'no further element'))];
    },
  };
}

/** An object with free keys of one form each. */
export function map(key: RegExp, member: FormLike): Form {
  const whole = new RegExp(`^(?:${key.source})$`, key.flags);
  const form = formOf(member);
  return {
    deviations(place) {
      const { value } = place;
      if (!isObject(value)) return deviation(place, 'an object');
      return Object.entries(value).flatMap(([name, item]) => {
        const child = childOf(place, name, item);
        return whole.test(name) ? form.deviations(child) : deviation(child, `a key that matches ${whole.source}`);
      });
    },
  };
}

/** A form that depends on the resource or the deployment. */
export function by(choose: (context: Context) => FormLike): Form {
  return { deviations: (place) => formOf(choose(place.context)).deviations(place) };
}

/** A form with a further condition on the whole value. */
export function that(form: FormLike, required: string, test: (value: Json, context: Context) => boolean): Form {
  const inner = formOf(form);
  return {
    ...(inner.optional ? { optional: true } : {}),
    deviations(place) {
      const found = inner.deviations(place);
      if (found.length > 0 || place.value === undefined) return found;
      return test(place.value, place.context) ? [] : deviation(place, required);
    },
  };
}

/** Text that holds JSON of a form. */
export function jsonText(form: FormLike): Form {
  const inner = formOf(form);
  return {
    deviations(place) {
      place.leaf?.(place.path, 'closed');
      const parsed = parse(place.value);
      // Of a key that occurs twice, one reader takes the first value and another the last.
      return parsed === undefined || JSON.stringify(parsed) !== place.value
        ? deviation(place, 'a text that holds JSON, without spaces or repeated keys')
        : inner.deviations({ ...place, value: parsed, leaf: undefined });
    },
  };
}

function parse(value: Json | undefined): Json | undefined {
  try {
    return typeof value === 'string' ? (JSON.parse(value) as Json) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Text that is judged by its parts: `parse` returns them, or `undefined` for a text of another form. Deviations have
 * the path of the part below that of the text.
 */
export function textOf(parts: FormLike, required: string, parse: (text: string) => Json | undefined): Form {
  const inner = formOf(parts);
  return {
    deviations(place) {
      place.leaf?.(place.path, 'closed');
      const parsed = typeof place.value === 'string' ? parse(place.value) : undefined;
      return parsed === undefined ? deviation(place, required) : inner.deviations({ ...place, value: parsed, leaf: undefined });
    },
  };
}

/**
 * Words for people, listed in harmless.ts: printable text that begins with a capital letter and holds no reference.
 */
export const words: Form = {
  deviations(place) {
    const { value } = place;
    const isPlain = typeof value === 'string' && /^[A-Z][ -~]{9,}$/.test(value) && !/\$\{|\{\{/.test(value);
    return isPlain ? harmless.deviations(place) : [...harmless.deviations(place), ...deviation(place, 'a sentence for people')];
  },
};
