// Rules about the controls of the account that people sign in to.
import type { Rule } from '../../rule';
import { openPortGuard } from './open-port-guard';
import { passwordPolicy } from './password-policy';

export const accessRules: readonly Rule[] = [openPortGuard, passwordPolicy];
