// Stacks and bootstrap: what an earlier deployment left, and whether the CDK can deploy at all.
import { type CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import type { Site } from '../../lib/config/site';
import { namesOf } from '../bootstrap/names';
import type { Account } from './account';
import { whereExists } from './answer';
import type { Check, Line } from './line';

/**
 * Oldest bootstrap template that the deployment needs ("Customize AWS CDK bootstrapping": the version is an output of
 * the stack).
 */
const oldestBootstrap = 30;

/** States in which CloudFormation accepts no update. */
const stuck = /^(?:ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|DELETE_FAILED|REVIEW_IN_PROGRESS|UPDATE_ROLLBACK_FAILED)$/;

/** A stack by its name; `undefined` where it does not exist. */
export async function findStack(cloudFormation: CloudFormationClient, StackName: string): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    return Stacks[0];
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

export function bootstrapCheck(account: Account, site: Site): Check {
  const { cloudFormation, region } = account;
  const run = async (): Promise<readonly Line[]> => {
    const stack = await findStack(cloudFormation, 'CDKToolkit');
    const version = Number(stack?.Outputs?.find(({ OutputKey }) => OutputKey === 'BootstrapVersion')?.OutputValue ?? 0);
    return [
      {
        check: `bootstrap in ${region}`,
        verdict: version >= oldestBootstrap ? 'ready' : 'change',
        found: stack === undefined ? 'no stack CDKToolkit' : `version ${version}`,
        wanted: `version ${oldestBootstrap} or newer`,
        command: bootstrap(account, site),
      },
      await executionLine(account, site),
    ];
  };
  return { name: `bootstrap in ${region}`, run };
}

const bootstrap = ({ id }: Account, { deployment, name }: Site): string =>
  `npm run bootstrap -- --deployment ${deployment} --site ${name} --account ${id} --out bootstrap.json, and the command that it prints`;

/** The default execution role is an administrator without a boundary: a deployer could do everything. (TOM-3.5) */
async function executionLine(account: Account, site: Site): Promise<Line> {
  const { execution, boundary } = namesOf({ site, account: account.id, administrators: [] });
  const answer = await whereExists(account.iam.send(new GetRoleCommand({ RoleName: execution })), /^NoSuchEntity(?:Exception)?$/);
  const arn = answer?.Role?.PermissionsBoundary?.PermissionsBoundaryArn;
  const isBounded = arn?.endsWith(`:policy/${boundary}`) === true;
  return {
    check: `execution role in ${account.region}`,
    verdict: isBounded ? 'ready' : 'change',
    found: answer === undefined ? 'no role' : (arn ?? 'no boundary'),
    wanted: `the boundary ${boundary}`,
    command: isBounded ? `aws iam get-role --role-name ${execution}` : bootstrap(account, site),
  };
}

export function stackCheck({ cloudFormation, region }: Account, names: readonly string[]): Check {
  const run = (): Promise<readonly Line[]> => Promise.all(names.map((name) => stackLine(cloudFormation, name, region)));
  return { name: 'stacks', run };
}

async function stackLine(cloudFormation: CloudFormationClient, name: string, region: string): Promise<Line> {
  const status = (await findStack(cloudFormation, name))?.StackStatus ?? 'absent';
  const show = `aws cloudformation describe-stacks --stack-name ${name} --region ${region}`;
  const remove = [
    `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name} --region ${region}`,
    `aws cloudformation delete-stack --stack-name ${name} --region ${region}`,
  ].join(' && ');
  const isStuck = stuck.test(status);
  return {
    check: `stack ${name}`,
    verdict: isStuck ? 'change' : 'ready',
    found: status,
    wanted: 'absent, or in a state that accepts an update',
    command:
      status === 'UPDATE_ROLLBACK_FAILED'
        ? `aws cloudformation continue-update-rollback --stack-name ${name} --region ${region}`
        : isStuck
          ? remove
          : show,
  };
}
