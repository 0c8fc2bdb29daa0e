// The law of log groups: the retention of the configuration, a key of the deployment, and retention in production.

import { shortestLogDays } from '../figures';
import { logGroupType } from '../template/resource-types';
import { inProduction, settingBetween } from './configured';
import { type Declaration, type DeclarationOptions, declare } from './declaration';
import type { FormLike } from './form';
import { tags } from './tags';

export interface LogGroup {
  /** Name of the log group, as in `/rempart/<deployment>/trail`. */
  readonly name: FormLike;
  /** Name of the key, as in `data/DataKey`. */
  readonly key: string;
  readonly classification: 'internal' | 'confidential' | 'personal';
  /** Retention in days. @default - that of the configuration */
  readonly days?: number;
}

/**
 * A log group of CloudWatch Logs. Production retains it when its stack is deleted; other environments delete it, so
 * that the stack can be created again under the same names. (TOM-3.6, TOM-5.5)
 */
export function logGroup(names: string | readonly string[], group: LogGroup, options: DeclarationOptions = {}): Declaration {
  return declare(
    logGroupType,
    names,
    {
      KmsKeyId: `\${${group.key}.Arn}`,
      LogGroupName: group.name,
      RetentionInDays: group.days ?? settingBetween(({ settings }) => settings.audit.logRetentionDays, shortestLogDays),
      Tags: tags(group.classification),
    },
    { deletion: inProduction('RetainExceptOnCreate', 'Delete'), replacement: inProduction('Retain', 'Delete'), ...options },
  );
}
