// Whom policies admit: every statement with a principal, wherever a resource has one, and what binds an identity provider.
import { isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from './assembly';
import { renderText } from './texts';

export interface Grant {
  readonly statement: JsonObject;
  /** Where it stands; of a policy that is written as text, where the text stands. */
  readonly path: string;
}

/** Who is admitted, and as what: `AWS`, `Service`, `Federated` or `CanonicalUser`. */
export interface Principal {
  readonly kind: string;
  readonly name: string;
}

/** What a trust that cannot be read may admit. */
const anyone: JsonObject = { Principal: '*' };

/** The statements of a resource that admit somebody. */
export function grantsOf(resource: Resource): readonly Grant[] {
  const grants: Grant[] = [];
  visit(resource.properties, 'Properties', grants);
  const trust = resource.type === 'AWS::IAM::Role' ? resource.at('AssumeRolePolicyDocument') : undefined;
  if (trust !== undefined && valueAt(trust, 'Statement') === undefined && !isText(trust)) {
    grants.push({ statement: anyone, path: 'Properties.AssumeRolePolicyDocument' });
  }
  return grants.filter(({ statement }) => statement.Effect !== 'Deny');
}

function visit(value: Json, path: string, grants: Grant[]): void {
  if (isText(value)) {
    visit(policyText(value), path, grants);
  } else if (Array.isArray(value)) {
    value.forEach((element: Json, index) => {
      visit(element, `${path}.${index}`, grants);
    });
  } else if (isObject(value)) {
    if ('Principal' in value || 'NotPrincipal' in value) grants.push({ statement: value, path });
    for (const [key, member] of Object.entries(value)) visit(member, `${path}.${key}`, grants);
  }
}

/** Whether a value is a policy that is written as text, as some types have it. */
function isText(value: Json): boolean {
  const text = renderText(value)?.trimStart();
  return text?.startsWith('{') === true && !text.startsWith('{{') && text.includes('Principal"');
}

/** The policy in a text; one that cannot be read admits anyone. */
function policyText(value: Json): Json {
  try {
    return JSON.parse(renderText(value) ?? '') as Json;
  } catch {
    return anyone;
  }
}

/** Everyone whom a statement admits. `NotPrincipal` admits all others. */
export function admittedBy({ Principal: principal, NotPrincipal }: JsonObject): readonly Principal[] {
  if (NotPrincipal !== undefined) return [{ kind: 'AWS', name: '*' }];
  const kinds = isObject(principal) && !isReference(principal) ? Object.entries(principal) : [['AWS', principal] as const];
  return kinds.flatMap(([kind, names]) => listOf(names).map((name) => ({ kind, name: renderText(name) ?? '?' })));
}

const isReference = (value: JsonObject): boolean => Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));

/** Operators that compare with plain text, and those among them that take wildcards. */
const exact = ['StringEquals', 'ForAnyValue:StringEquals'];
const comparing = [...exact, 'StringLike', 'ForAnyValue:StringLike'];

/**
 * Whether a statement admits of an identity provider only those whom it means: for OpenID Connect the audience and the subject (or, of
 * an identity pool, how somebody signed in), for SAML the audience. Without these everybody whom the provider knows is admitted
 * ("Create a role for OpenID Connect federation").
 */
export function federationIsBound(provider: string, { Condition }: JsonObject): boolean {
  const isBound = (names: readonly string[], operators: readonly string[]): boolean =>
    operators.some((operator) => {
      const keys = valueAt(Condition, operator);
      return (
        isObject(keys) && Object.entries(keys).some(([key, value]) => names.some((name) => key.endsWith(`:${name}`)) && isNarrow(value))
      );
    });
  const audience = isBound(['aud'], exact);
  return audience && (/saml-provider/i.test(provider) || isBound(['sub', 'amr'], comparing));
}

/** Whether every value begins with plain text, or with a reference. */
function isNarrow(value: Json): boolean {
  const texts = listOf(value).map((text) => renderText(text) ?? '*');
  return texts.length > 0 && texts.every((text) => /^[^*?]{3}/.test(text));
}
