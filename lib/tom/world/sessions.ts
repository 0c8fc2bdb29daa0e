// The session service: the log of sessions, and the document by which people start them.
import { longestShellIdleMinutes, longestShellMinutes } from '../figures';
import { ssmDocumentType } from '../template/resource-types';
import { shellUser } from '../template/server-contract';
import { type Declaration, declare } from './declaration';
import { by, type FormLike, that, words } from './form';
import { logGroup } from './log-groups';
import { tags } from './tags';

/** A time of the configuration, with the ceiling of the clauses. (TOM-3.3) */
const minutes = (setting: 'shellIdleMinutes' | 'shellMaximumMinutes', most: number): FormLike =>
  that(
    by(({ facts }) => String(facts.settings.access.timeouts[setting])),
    `at most ${most} minutes`,
    (value) => Number(value) <= most,
  );

/** Inputs of the document ("Session document schema"), in the order in which they are written. */
export const sessionInputs: FormLike = {
  // No bucket: a server cannot write to the audit archive. Each day of the log group is exported to it.
  s3EncryptionEnabled: true,
  cloudWatchLogGroupName: '/rempart/<deployment>/sessions',
  cloudWatchEncryptionEnabled: true,
  cloudWatchStreamingEnabled: true,
  kmsKeyId: '${account/DeploymentKey.Arn}',
  runAsEnabled: true,
  // The user of boot.sh, who has no root.
  runAsDefaultUser: shellUser,
  idleSessionTimeout: minutes('shellIdleMinutes', longestShellIdleMinutes),
  maxSessionDuration: minutes('shellMaximumMinutes', longestShellMinutes),
  shellProfile: { linux: 'cd / && exec bash' },
};

export const sessionDeclarations: readonly Declaration[] = [
  logGroup('access/SessionsLog', {
    name: '/rempart/<deployment>/sessions',
    key: 'account/DeploymentKey',
    classification: 'confidential',
  }),
  declare(
    ssmDocumentType,
    'access/SessionsDocument',
    {
      Content: { schemaVersion: '1.0', description: words, sessionType: 'Standard_Stream', inputs: sessionInputs },
      DocumentFormat: 'JSON',
      DocumentType: 'Session',
      Name: '<deployment>-shell',
      Tags: tags(),
      UpdateMethod: 'NewVersion',
    },
    { dependsOn: ['${access/SessionsLog}'] },
  ),
];
