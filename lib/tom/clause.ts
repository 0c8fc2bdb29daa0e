// Types of the clauses of the security documents, and the fields that each kind of clause requires.
import type { OutsideFactName } from '../config/outside-facts';
import type { Settings } from '../config/settings/settings';
import type { Rule } from './rule';

/** The stacks of Rempart (README, "The stack"). An awaited part names the stack that will bring it. */
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

/** A part of a promise that is not built yet: its stack, and the part as a noun phrase. */
export type Awaited = `${StackName}: ${string}`;

type NonEmpty<T> = readonly [T, ...T[]];

/** Path in the repository of a test that proves what happens at run time, which templates do not show. */
export type TestFile = `test/${string}.test.ts`;

/** A function that inspects the live account every day and reports its findings. */
export interface Probe {
  /** The concern of the function, and its control: its folder is `lambda/<concern>/<control>`. */
  readonly concern: string;
  readonly control: string;
  /** Resources that it reads and the condition that it verifies: a phrase without a full stop. */
  readonly reads: string;
}

interface Sentence {
  /** Title of the clause in the document. */
  readonly title: string;
  /** The promise in the project's own words, with its exact figures. */
  readonly promise: string;
  /**
   * Tests that prove what happens at run time, as on a real PostgreSQL. They supplement rules and never replace one.
   */
  readonly provenBy?: NonEmpty<TestFile>;
}

/** A part of a clause that a configuration leaves to somebody else, whose settings no template shows. */
export interface KeptOutside {
  /** The setting that leaves it: a clause without a full stop. */
  readonly where: string;
  /** Who keeps which part: a clause without a full stop. */
  readonly keeper: string;
  readonly applies: (settings: Settings) => boolean;
}

interface Needing {
  /** Facts from outside without which the clause is not met in a deployment, whatever its rules find. (ADR 4) */
  readonly needs?: NonEmpty<OutsideFactName>;
  /** Stated with the clause, in the documents and in a deployment with the setting. */
  readonly keptOutside?: KeptOutside;
}

interface Probed {
  /**
   * Probes that verify the account as rules verify the templates. They supplement rules; one rule requires that they
   * run.
   */
  readonly probes?: NonEmpty<Probe>;
}

/** A technical clause whose parts all exist. At least one rule proves it. */
interface Proven extends Probed, Needing {
  readonly rules: NonEmpty<Rule>;
  readonly awaits?: never;
}

/** A technical clause with existing and awaited parts. It is reported as planned, never as kept. */
interface PartlyProven extends Probed, Needing {
  readonly rules: NonEmpty<Rule>;
  readonly awaits: NonEmpty<Awaited>;
}

/** A technical clause whose stack does not exist yet. */
interface Planned {
  readonly rules?: never;
  readonly probes?: never;
  readonly awaits: NonEmpty<Awaited>;
}

/** A clause that code keeps. A clause without rules compiles only if it lists the parts that it awaits. */
export type TechnicalClause = Sentence & { readonly kind: 'technical' } & (Proven | PartlyProven | Planned);

/** A clause that code keeps where a deployment enables it. */
export type OptionalClause = Sentence & { readonly kind: 'optional' } & (Proven | PartlyProven | Planned);

/** A clause that the cloud provider keeps, with the provider's attestation. */
export type InheritedClause = Sentence & { readonly kind: 'inherited'; readonly attestation: string };

/** A clause that people keep, with the role that attests it and the artefact that supports it. */
export type OrganisationalClause = Sentence & {
  readonly kind: 'organisational';
  readonly attestedBy: string;
  readonly artefact: string;
  /** Supporting parts that are not built yet. */
  readonly awaits?: NonEmpty<Awaited>;
};

export type Clause = TechnicalClause | OptionalClause | InheritedClause | OrganisationalClause;
