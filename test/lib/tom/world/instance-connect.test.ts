// The files of EC2 Instance Connect have the declared forms, and each change of a line is refused.
import { connectTexts } from '../../../../lib/collection/server-files';
import { Assembly, Resource, type StackTemplate } from '../../../../lib/tom/template/assembly';
import type { Form } from '../../../../lib/tom/world/form';
import { connectHostFiles, hostFiles } from '../../../../lib/tom/world/host-files';
import { facts } from '../rules/example';

const texts = connectTexts();
const stack: StackTemplate = { name: 'production-collection', region: 'eu-west-3', template: { Resources: {} } };
const context = {
  ...{ resource: new Resource(stack, 'Template', { Type: 'AWS::EC2::LaunchTemplate' }), assembly: new Assembly(facts, [stack]), facts },
  variables: { deployment: 'production', region: 'eu-west-3' },
};
const isAdmitted = (form: Form | undefined, value: string): boolean => (form as Form).deviations({ value, path: '', context }).length === 0;

test.each(Object.keys(texts))('%s has the declared form, and each change of a line is refused', (name) => {
  const text = texts[name] ?? '';
  const form = connectHostFiles[name];
  expect(isAdmitted(form, text)).toBe(true);
  const lines = text.split('\n');
  const survivors = lines.flatMap((line, index) => {
    if (/^\s*(?:#.*)?$/.test(line) || line.startsWith('Description=')) return [];
    return [[], [line, line], [`${line}x`], ['Stranger=1', line]]
      .map((replaced) => lines.toSpliced(index, 1, ...replaced).join('\n'))
      .filter((changed) => isAdmitted(form, changed))
      .map(() => line);
  });
  expect(survivors).toEqual([]);
});

test('the list of a server without it has another form', () => {
  expect(isAdmitted(hostFiles['packages.list'], texts['packages.list'] ?? '')).toBe(false);
  expect(Object.keys(connectHostFiles).filter((name) => !(name in hostFiles))).toEqual([
    'instance-connect.service',
    'instance-connect.sh',
    'sshd.conf',
  ]);
});
