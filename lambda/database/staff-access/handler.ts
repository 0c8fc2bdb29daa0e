// Access of people to the database: grant, revoke, list. Called by npm run access and npm run offboard.
import { verifiedCaller } from '../../../runtime/staff/caller';
import { signInWith } from '../../../runtime/staff/sign-in';
import { type AccessResult, administerAccess } from './administer';
import { readEnvironment } from './env';

const environment = readEnvironment(process.env);
const open = signInWith(environment, process.env.AWS_REGION ?? '');

export const handler = async (event: unknown): Promise<AccessResult> => {
  const { ACCOUNT: account, FUNCTION_ARN: functionArn, STS_URL: stsUrl } = environment;
  const verified = await verifiedCaller(event, { account, functionArn, stsUrl, now: () => new Date() });
  return administerAccess(open, verified, environment.CALLER_ROLE);
};
