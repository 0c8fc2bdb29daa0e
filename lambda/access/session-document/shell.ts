// The document of the deployment for shells, `<deployment>-shell`: CloudFormation creates it, the watch corrects it.
import type { ProbeFinding, ProbeResult } from '../../../runtime/probe';
import type { Claimant, Document } from './keep';
import { contentOf, differingInputs, type Inputs, inputsOf } from './settings';

/** The calls to AWS that the watch over the document makes. */
export interface ShellDocument {
  /** The document, or undefined if there is none. */
  read(): Promise<Document | undefined>;
  /** Creates the document, or adds a version that becomes the latest one and the default; returns its number. */
  write(content: string): Promise<string>;
}

/** Name of the document of a deployment. */
export const shellDocumentName = (deployment: string): string => `${deployment}-shell`;

/**
 * Reads both versions back, and gives the document the inputs of the deployment again. One that was deleted is
 * created: its name is its identity in CloudFormation ("AWS::SSM::Document", Ref), and no shell starts without it.
 * (TOM-3.3, TOM-3.6)
 */
export async function watchShell(document: ShellDocument, { deployment, inputs }: Claimant, at: Date): Promise<ProbeResult> {
  const resource = `document ${shellDocumentName(deployment)}`;
  try {
    const drift = driftOf(await document.read(), inputs);
    if (drift.size > 0) await document.write(contentOf(inputs, deployment, at));
    const findings = [...drift].map(([name, found]) => driftFinding(resource, name, found, inputs));
    return { looked: { documents: 1 }, findings, unseen: [] };
  } catch (error) {
    return { looked: { documents: 0 }, findings: [], unseen: [`${resource}: ${String(error)}`] };
  }
}

/** The inputs that differ in the latest version or in the default one, with the version that has them. */
function driftOf(document: Document | undefined, wanted: Inputs): ReadonlyMap<string, Inputs | undefined> {
  if (document === undefined) return new Map([['document', undefined]]);
  const versions = [document.latest, document.standard];
  return new Map(versions.flatMap(({ content }) => differingInputs(content, wanted).map((name) => [name, inputsOf(content)] as const)));
}

function driftFinding(resource: string, name: string, found: Inputs | undefined, wanted: Inputs): ProbeFinding {
  return {
    id: `shell::${name}`,
    resource,
    found: `${name} ${JSON.stringify(found?.[name] ?? 'absent')}`,
    required: `${name} ${JSON.stringify(wanted[name] ?? 'of the deployment')}`,
    fix: 'The function has set it again. Find the caller of UpdateDocument, UpdateDocumentDefaultVersion or DeleteDocument in the trail.',
  };
}
