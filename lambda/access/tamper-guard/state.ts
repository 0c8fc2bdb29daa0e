// The state of the audit that no record shows: whether the trail records, its records reach the guard, and deployments
// are bounded.
import type { ProbeFinding, ProbeResult } from '../../../runtime/probe';

/** The calls to AWS that the function makes. */
export interface AuditState {
  /** Whether the trail records, and the error of its last delivery to the log group. */
  trail(): Promise<{ readonly isLogging: boolean; readonly deliveryError: string | undefined }>;
  /** Names of functions that receive the records of the trail. */
  receivers(): Promise<readonly string[]>;
  /** Number of active flow logs of the VPC. */
  flowLogs(): Promise<number>;
  /** ARN of the boundary of the role by which CloudFormation deploys; `undefined` without one, or without the role. */
  executionBoundary(): Promise<string | undefined>;
}

export interface Expected {
  /** Name of the function that receives the records of the trail. */
  readonly receiver: string;
  /** ARN of the boundary of the role by which CloudFormation deploys. */
  readonly boundary: string;
}

/** Examines the state once an hour, besides the records. A failure does not prevent the rest. */
export async function examineState(state: AuditState, { receiver, boundary }: Expected): Promise<ProbeResult> {
  const findings: ProbeFinding[] = [];
  const unseen: string[] = [];
  const look = async (resource: string, work: () => Promise<readonly ProbeFinding[]>) => {
    try {
      findings.push(...(await work()));
    } catch (error) {
      unseen.push(`${resource}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
    }
  };
  await look('audit trail', async () => {
    const { isLogging, deliveryError } = await state.trail();
    return [
      ...(isLogging ? [] : [stateFinding('trail', 'audit trail', 'stopped', 'a trail that records')]),
      ...(deliveryError === undefined ? [] : [stateFinding('delivery', 'audit trail', deliveryError, 'deliveries to its log group')]),
    ];
  });
  await look('receivers', async () =>
    (await state.receivers()).some((name) => name === receiver)
      ? []
      : [stateFinding('receiver', 'log group of the audit trail', 'no subscription of this function', `a subscription of ${receiver}`)],
  );
  await look('flow logs', async () =>
    (await state.flowLogs()) > 0 ? [] : [stateFinding('flow-logs', 'flow logs', 'none', 'flow logs of the VPC')],
  );
  await look('execution role', async () => {
    const found = await state.executionBoundary();
    return found === boundary ? [] : [unbounded(found ?? 'no boundary', boundary)];
  });
  return { looked: { parts: 4 - unseen.length }, findings, unseen };
}

const stateFinding = (id: string, resource: string, found: string, required: string): ProbeFinding => ({
  ...{ id: `state::${id}`, resource, found, required },
  fix: 'Open an incident, find the caller in the audit archive, and deploy the account, network and access stacks again.',
});

/** Without its boundary the role is an administrator, and so is each deployer. (TOM-3.5) */
const unbounded = (found: string, boundary: string): ProbeFinding => ({
  ...{ id: 'state::execution-role', resource: 'execution role of the CDK bootstrap', found, required: `the boundary ${boundary}` },
  fix: 'Find the caller in the audit archive, and bootstrap again: see "Bootstrap an account" in the runbook.',
});
