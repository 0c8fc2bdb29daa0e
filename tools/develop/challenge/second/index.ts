// The second set of challenges.
import type { Challenge } from '../challenge';
import { alarmChallenges } from './alarms';
import { auditChallenges } from './audit';
import { boundaryChallenges } from './boundary';
import { databaseChallenges } from './database';
import { edgeChallenges } from './edge';
import { fleetChallenges } from './fleet';
import { functionChallenges } from './functions';
import { keyChallenges } from './keys';
import { networkChallenges } from './network';
import { permissionChallenges } from './permissions';
import { secretChallenges } from './secrets';
import { sectionChallenges } from './sections';
import { storeChallenges } from './stores';

export const secondChallenges: readonly Challenge[] = [
  ...boundaryChallenges,
  ...keyChallenges,
  ...auditChallenges,
  ...alarmChallenges,
  ...networkChallenges,
  ...databaseChallenges,
  ...functionChallenges,
  ...permissionChallenges,
  ...edgeChallenges,
  ...fleetChallenges,
  ...storeChallenges,
  ...secretChallenges,
  ...sectionChallenges,
];
