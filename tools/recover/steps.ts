// The steps of a recovery, in order. What a name leads to changes last.
import type { Step } from './step';
import { accountStep } from './steps/account';
import { checksStep } from './steps/checks';
import { choiceStep } from './steps/choice';
import { deployStep } from './steps/deploy';
import { dnsStep } from './steps/dns';
import { erasuresStep } from './steps/erasures';
import { lakeStep } from './steps/lake';
import { pointStep } from './steps/point';

export const steps: readonly Step[] = [accountStep, pointStep, choiceStep, deployStep, erasuresStep, lakeStep, checksStep, dnsStep];
