// The first set of challenges, by topic.
import type { Challenge } from '../challenge';
import { alarmChallenges } from './alarms';
import { bootChallenges } from './boot';
import { boundaryChallenges } from './boundary';
import { bucketChallenges } from './buckets';
import { databaseChallenges } from './database';
import { edgeChallenges } from './edge';
import { egressChallenges } from './egress';
import { fleetChallenges } from './fleet';
import { functionChallenges } from './functions';
import { keyChallenges } from './keys';
import { networkChallenges } from './network';
import { otherNetworkChallenges } from './other-networks';
import { recordChallenges } from './records';
import { roleChallenges } from './roles';
import { secretChallenges } from './secrets';
import { sectionChallenges } from './sections';
import { serverChallenges } from './servers';
import { streamChallenges } from './streams';
import { trustChallenges } from './trust';
import { webFirewallChallenges } from './web-firewall';

export const firstChallenges: readonly Challenge[] = [
  ...alarmChallenges,
  ...bootChallenges,
  ...boundaryChallenges,
  ...bucketChallenges,
  ...databaseChallenges,
  ...edgeChallenges,
  ...egressChallenges,
  ...fleetChallenges,
  ...functionChallenges,
  ...keyChallenges,
  ...networkChallenges,
  ...otherNetworkChallenges,
  ...recordChallenges,
  ...roleChallenges,
  ...secretChallenges,
  ...sectionChallenges,
  ...serverChallenges,
  ...streamChallenges,
  ...trustChallenges,
  ...webFirewallChallenges,
];
