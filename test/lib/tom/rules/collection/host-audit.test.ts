import { hostAudit } from '../../../../../lib/tom/rules/collection/host-audit';
import { auditRules } from '../../../../../lib/tom/template/server-audit';
import { answers } from '../example';
import { fleet } from './example-fleet';
import { aboutHost, type Host } from './example-host';

const rules = (change: (text: string) => string): Host => ({ files: { 'audit.rules': change } });

test('servers with the files of the repository comply', () => {
  expect(aboutHost(hostAudit)).toBe('compliant');
});

test('servers without settings of the agent do not', () => {
  expect(answers(hostAudit, fleet).Fleet).toEqual(['records']);
});

test.each<[string, Host, string]>([
  ['records that are not sent', { sent: '/var/log/messages' }, 'records'],
  ['records that go elsewhere', { group: '/elsewhere' }, 'records'],
  [
    'no auditd',
    { files: { 'boot.sh': (text) => text.replace('enable --now auditd.service', 'disable --now auditd.service') } },
    'audit::systemctl enable --now auditd.service',
  ],
  [
    'rules that are not loaded',
    { files: { 'boot.sh': (text) => text.replace('persist augenrules --load', 'true') } },
    'audit::persist augenrules --load',
  ],
  ['a rule that excludes all events', rules((text) => text.replace('-f 1\n', '-f 1\n-a never,task\n')), 'audit::no exclusion'],
  [
    'a type of records that is excluded',
    rules((text) => text.replace('-f 1\n', '-f 1\n-a always,exclude -F msgtype=EXECVE\n')),
    'audit::no exclusion',
  ],
])('servers with %s do not', (_, host, id) => {
  expect(aboutHost(hostAudit, host)).toEqual([id]);
});

test.each(auditRules.map((rule) => [rule]))('servers without the rule %s do not', (rule) => {
  const found = aboutHost(
    hostAudit,
    rules((text) => text.replace(`${rule}\n`, `# ${rule}\n`)),
  );
  expect(found).toContain(`audit::${rule}`);
});
