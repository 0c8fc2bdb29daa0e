// What a clause of the security documents is, and what each kind of clause must name.
import type { Rule } from './rule';

/** The stacks of the house (docs: README, "The stacks"); a promise that waits for one names it. */
export type StackName =
  | 'account'
  | 'network'
  | 'access'
  | 'data'
  | 'edge'
  | 'collection'
  | 'portal'
  | 'transfer'
  | 'backup'
  | 'recovery'
  | 'watch'
  | 'assurance'
  | 'colocation';

/** A part of a promise that is not built yet: the stack that will bring it, and what that is. */
export type Awaited = `${StackName}: ${string}`;

type NonEmpty<T> = readonly [T, ...T[]];

/** A test that proves what a template cannot show, on the real thing: its path in the repository. */
export type TestFile = `test/${string}.test.ts`;

/** What looks at the live account, and tells of what it finds, every day. */
export interface Probe {
  /** The concern of the function, and its control: its folder is `lambda/<concern>/<control>`. */
  readonly concern: string;
  readonly control: string;
  /** What it reads of the account, and what it looks for, in one sentence without its end. */
  readonly reads: string;
}

interface Sentence {
  /** What the document calls the clause. */
  readonly title: string;
  /** The promise in the project's own words, with its exact figures. */
  readonly promise: string;
  /** Tests that prove what happens at run time, as on a real PostgreSQL. They add to rules and never stand for one. */
  readonly provenBy?: NonEmpty<TestFile>;
}

interface Probed {
  /** Probes that prove on the account what rules prove on the templates. They add to rules, of which one says that they run. */
  readonly probes?: NonEmpty<Probe>;
}

/** A technical clause, of which every part exists: at least one rule proves it. */
interface Proven extends Probed {
  readonly rules: NonEmpty<Rule>;
  readonly awaits?: never;
}

/** A technical clause of which parts exist and parts do not: shown as planned, never as kept. */
interface PartlyProven extends Probed {
  readonly rules: NonEmpty<Rule>;
  readonly awaits: NonEmpty<Awaited>;
}

/** A technical clause whose stack does not exist yet. */
interface Planned {
  readonly rules?: never;
  readonly probes?: never;
  readonly awaits: NonEmpty<Awaited>;
}

/** A clause that code keeps. One without rules does not compile unless it says what it waits for. */
export type TechnicalClause = Sentence & { readonly kind: 'technical' } & (Proven | PartlyProven | Planned);

/** A clause that code keeps where a deployment turns it on. */
export type OptionalClause = Sentence & { readonly kind: 'optional' } & (Proven | PartlyProven | Planned);

/** A clause that the cloud provider keeps, and the provider's attestation of it. */
export type InheritedClause = Sentence & { readonly kind: 'inherited'; readonly attestation: string };

/** A clause that people keep: who attests it, and the artefact that supports them. */
export type OrganisationalClause = Sentence & {
  readonly kind: 'organisational';
  readonly attestedBy: string;
  readonly artefact: string;
  /** What the stack will bring to support them and does not have yet. */
  readonly awaits?: NonEmpty<Awaited>;
};

export type Clause = TechnicalClause | OptionalClause | InheritedClause | OrganisationalClause;
