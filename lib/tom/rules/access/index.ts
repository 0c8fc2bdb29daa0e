// Rules about the access of people.
import type { Rule } from '../../rule';
import { auditorReads } from './auditor-reads';
import { deployerRole } from './deployer-role';
import { peopleRoles } from './people-roles';
import { serverShells } from './server-shells';

export const accessRules: readonly Rule[] = [auditorReads, deployerRole, peopleRoles, serverShells];
