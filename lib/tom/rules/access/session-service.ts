// TOM-3.1, TOM-3.3, TOM-3.6: shells end after finite times, run without root, and are recorded in a retained log.
import { longestShellIdleMinutes, longestShellMinutes, shortestLogDays } from '../../figures';
import { type Break, type Finding, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, type Json, type Resource, valueAt } from '../../template/assembly';
import { keyType, logGroupType, ssmDocumentType, trailType } from '../../template/resource-types';
import { shellUser } from '../../template/server-contract';
import { shellDocumentOf } from '../../template/session-documents';
import { renderText } from '../../template/texts';

interface Requirement {
  /** Below the properties of the document. */
  readonly path: string;
  readonly required: string;
  readonly holds: (value: Json | undefined, document: Resource, assembly: Assembly) => boolean;
  readonly breaks: readonly Break[];
}

const exactly = (path: string, value: Json, ...wrong: readonly Json[]): Requirement => ({
  path,
  required: JSON.stringify(value),
  holds: (found) => found === value,
  breaks: [remove, ...wrong.map((one) => replace(one))],
});

const input = (name: string): string => `Content.inputs.${name}`;

/** Session Manager reads times as text ("Session document schema"); a time that it cannot read is no limit. */
const minutesOf = (name: string, setting: 'shellIdleMinutes' | 'shellMaximumMinutes', most: number): Requirement => ({
  path: input(name),
  required: `the minutes of access.timeouts.${setting}, at most ${most}, as text`,
  holds: (value, _, { facts: { settings } }) => {
    const minutes = settings.access.timeouts[setting];
    return value === String(minutes) && minutes <= most;
  },
  breaks: [remove, replace(String(most + 1)), replace('1'), replace('')],
});

const requirements: readonly Requirement[] = [
  exactly('DocumentType', 'Session', 'Command'),
  exactly('UpdateMethod', 'NewVersion', 'Replace'),
  exactly('Content.schemaVersion', '1.0', '2.2'),
  exactly('Content.sessionType', 'Standard_Stream', 'Port', 'InteractiveCommands'),
  minutesOf('idleSessionTimeout', 'shellIdleMinutes', longestShellIdleMinutes),
  minutesOf('maxSessionDuration', 'shellMaximumMinutes', longestShellMinutes),
  exactly(input('runAsEnabled'), true, false),
  exactly(input('runAsDefaultUser'), shellUser, 'root', 'ec2-user', 'ssm-user'),
  exactly(input('cloudWatchEncryptionEnabled'), true, false),
  exactly(input('cloudWatchStreamingEnabled'), true, false),
  exactly(input('s3EncryptionEnabled'), true, false),
  {
    path: input('cloudWatchLogGroupName'),
    required: `a log group of the deployment with a key, which is retained for at least ${shortestLogDays} days`,
    holds: (value, document, assembly) => logOf(value, document, assembly) !== undefined,
    breaks: [remove, replace(''), replace('/elsewhere')],
  },
  {
    path: input('kmsKeyId'),
    required: 'a key of the deployment',
    holds: (value, { stack }, assembly) => assembly.target(value, stack)?.type === keyType,
    breaks: [remove, replace(''), replace('alias/aws/ssm')],
  },
];

const fix = 'Create SessionService in the access stack.';

export const sessionService: Rule = {
  name: 'session-service',
  requires: 'shells of servers end after finite times, run without root, and are recorded in an encrypted, retained log',
  types: [trailType],
  check(_, assembly) {
    const document = shellDocumentOf(assembly);
    const others = assembly.ofType(ssmDocumentType).filter((one) => one !== document);
    const unknown = others.map(
      (one): Finding => ({
        id: `document::${one.logicalId}`,
        path: one.logicalId,
        found: one.at('Name') ?? null,
        required: `the document ${assembly.facts.deployment}-shell alone`,
        fix: 'Remove the document: a session by it would have other limits.',
      }),
    );
    return [...unknown, ...documentFindings(document, assembly)];
  },
  guards: [
    guardWhere(ssmDocumentType, isShell, '', remove),
    guardWhere(ssmDocumentType, isShell, 'Properties.Name', remove, replace('another-shell')),
    guardWhere(ssmDocumentType, isShell, 'Properties.Content.parameters', set({ user: { type: 'String' } })),
    ...requirements.map(({ path, breaks }) => guardWhere(ssmDocumentType, isShell, `Properties.${path}`, ...breaks)),
    guardWhere(logGroupType, isSessionLog, '', remove),
    guardWhere(logGroupType, isSessionLog, 'Properties.LogGroupName', remove, replace('/another')),
    guardWhere(logGroupType, isSessionLog, 'Properties.KmsKeyId', remove),
    guardWhere(logGroupType, isSessionLog, 'Properties.RetentionInDays', remove, replace(shortestLogDays - 1)),
  ],
  reads: [
    { type: ssmDocumentType, path: 'Properties' },
    { type: keyType, path: '' },
  ],
  bypasses: [
    {
      name: 'a second document for sessions',
      resources: {
        Second: {
          Type: ssmDocumentType,
          Properties: { Name: 'second', DocumentType: 'Session', Content: { schemaVersion: '1.0', sessionType: 'Standard_Stream' } },
        },
      },
    },
  ],
};

function isShell(document: Resource, assembly: Assembly): boolean {
  return shellDocumentOf(assembly) === document;
}

function isSessionLog(log: Resource, assembly: Assembly): boolean {
  const document = shellDocumentOf(assembly);
  return document !== undefined && logOf(valueAt(document.properties, input('cloudWatchLogGroupName')), document, assembly) === log;
}

/** The retained, encrypted log group with a name. */
function logOf(name: Json | undefined, document: Resource, assembly: Assembly): Resource | undefined {
  const text = name === undefined ? undefined : renderText(name);
  const log = assembly.ofType(logGroupType).find((group) => text !== '' && renderText(group.at('LogGroupName') ?? null) === text);
  const days = log?.at('RetentionInDays');
  const isKept = typeof days === 'number' && days >= shortestLogDays;
  return isKept && assembly.target(log?.at('KmsKeyId'), document.stack)?.type === keyType ? log : undefined;
}

/** Keys of the content: with parameters, a caller could choose an input. */
const contentKeys: readonly string[] = ['schemaVersion', 'description', 'sessionType', 'inputs'];

function documentFindings(document: Resource | undefined, assembly: Assembly): readonly Finding[] {
  if (document === undefined) {
    const required = `a session document ${assembly.facts.deployment}-shell`;
    return [{ id: 'missing', path: ssmDocumentType, found: undefined, required, fix }];
  }
  const content = document.at('Content');
  const keys = typeof content === 'object' && content !== null ? Object.keys(content) : [];
  const further = keys.filter((key) => !contentKeys.includes(key));
  return [
    ...further.map((key) => ({ id: `content::${key}`, path: `Properties.Content.${key}`, found: key, required: 'no such part', fix })),
    ...requirements.flatMap(({ path, required, holds }) => {
      const found = valueAt(document.properties, path);
      return holds(found, document, assembly) ? [] : [{ id: path, path: `Properties.${path}`, found, required, fix }];
    }),
  ];
}
