// Rules about the controls of the account that people sign in to.
import type { Rule } from '../../rule';
import { credentialHygiene } from './credential-hygiene';
import { openPortGuard } from './open-port-guard';
import { passwordPolicy } from './password-policy';
import { tamperGuard } from './tamper-guard';

export const accessRules: readonly Rule[] = [credentialHygiene, openPortGuard, passwordPolicy, tamperGuard];
