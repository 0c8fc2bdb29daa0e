// What the CloudFormation specification of the installed package states of updates and names.
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

type Database = ReturnType<typeof loadAwsServiceSpecSync>;
type SpecifiedResource = ReturnType<Database['lookup']>[number];

/** The part of a property or nested property that is read here. */
interface Specified {
  readonly type?: unknown;
  readonly causesReplacement?: 'yes' | 'no' | 'maybe';
}

let loaded: Database | undefined;
const database = (): Database => {
  loaded ??= loadAwsServiceSpecSync();
  return loaded;
};

function specified(type: string): (SpecifiedResource & { readonly properties: Readonly<Record<string, Specified>> }) | undefined {
  return database().lookup('resource', 'cloudFormationType', 'equals', type)[0] as never;
}

/**
 * Properties for which the specification is not right, each with its source. It gives "some interruptions" as a
 * conditional replacement.
 */
const corrections: Readonly<Record<string, 'yes' | 'no'>> = {
  // ModifyDBInstance changes it in place ("Amazon RDS API Reference", PreferredMaintenanceWindow).
  'AWS::RDS::DBInstance.PreferredMaintenanceWindow': 'no',
};

/**
 * What a change of the value at `path` causes: `yes` a replacement, `maybe` one in some cases, `no` an update. The
 * specification has it for properties, and for some of the nested ones.
 */
export function causesReplacement(type: string, path: readonly (string | number)[]): 'yes' | 'no' | 'maybe' {
  const [first = '', ...rest] = path.filter((step) => typeof step === 'string');
  const corrected = corrections[`${type}.${first}`];
  if (corrected) return corrected;
  const property = specified(type)?.properties[first];
  const own = property?.causesReplacement;
  if (own === 'yes' || own === 'maybe') return own;
  return nested(property, rest);
}

function nested(property: Specified | undefined, path: readonly string[]): 'yes' | 'no' | 'maybe' {
  const [first, ...rest] = path;
  if (first === undefined || !property) return 'no';
  const member = membersOf(property.type)?.[first];
  if (member?.causesReplacement === 'yes' || member?.causesReplacement === 'maybe') return member.causesReplacement;
  return nested(member, rest);
}

function membersOf(type: unknown): Readonly<Record<string, Specified>> | undefined {
  const { reference, element } = (type ?? {}) as { reference?: { $ref: string }; element?: unknown };
  if (element) return membersOf(element);
  if (!reference) return undefined;
  const definition: unknown = database().get('typeDefinition', reference.$ref as never);
  return (definition as { properties: Record<string, Specified> }).properties;
}

/** Whether a change of the property replaces the resource, at least in some cases. */
export const isReplacing = (type: string, property: string): boolean => causesReplacement(type, [property]) !== 'no';

/** Whether resources of the type hold data. */
export const isStateful = (type: string): boolean => (specified(type) as { isStateful?: boolean } | undefined)?.isStateful === true;

/** The properties that identify a resource, if the template gives them. */
export function primaryIdentifier(type: string): readonly string[] {
  return (specified(type) as { primaryIdentifier?: readonly string[] } | undefined)?.primaryIdentifier ?? [];
}
