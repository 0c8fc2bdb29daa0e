// Facts that documentation leaves open and only an account shows: before the deployment where the service answers,
// otherwise after it.
import type { Deployment } from '../deployment';
import type { Check } from '../line';
import { offeringCheck, warmPoolCheck } from './collection';
import { clusterCheck, sqlCheck } from './database';
import { issuerCheck, mutualAuthenticationCheck } from './edge';
import { dryRunCheck, grantCheck, grantEventCheck } from './encryption';
import { queueCheck } from './functions';
import { boundaryCheck } from './identity';
import { databaseLogCheck, leftLogCheck } from './logs';
import { firewallPolicyCheck } from './network';
import { parameterCheck } from './parameters';
import { pinningCheck, proxyCheck } from './proxy';
import { signInCheck, signInPermissionCheck } from './sign-in';
import { archiveEventCheck, bucketPolicyCheck, logDeliveryCheck } from './storage';

const checks: readonly ((deployment: Deployment) => Check)[] = [
  offeringCheck,
  leftLogCheck,
  clusterCheck,
  issuerCheck,
  parameterCheck,
  boundaryCheck,
  grantCheck,
  grantEventCheck,
  dryRunCheck,
  firewallPolicyCheck,
  mutualAuthenticationCheck,
  bucketPolicyCheck,
  logDeliveryCheck,
  archiveEventCheck,
  queueCheck,
  signInPermissionCheck,
  proxyCheck,
  signInCheck,
  pinningCheck,
  databaseLogCheck,
  sqlCheck,
  warmPoolCheck,
];

export const liveChecks = (deployment: Deployment): readonly Check[] => checks.map((check) => check(deployment));
