// What the kernel of a server audits: the rules in the order in which auditctl loads them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostFolder } from './machine';

const rules = readFileSync(join(hostFolder, 'audit.rules'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const watched = rules.flatMap((rule) => /^-w (\S+) -p wa -k [a-z]+$/.exec(rule)?.[1] ?? []);

/**
 * System calls of arm64 ("linux/include/uapi/asm-generic/unistd.h") that the rules name; auditctl refuses others, such
 * as `open`.
 */
const calls = [
  'clock_settime',
  'delete_module',
  'execve',
  'execveat',
  'finit_module',
  'init_module',
  'openat',
  'openat2',
  'process_vm_readv',
  'process_vm_writev',
  'ptrace',
  'settimeofday',
];

test('rules of before are deleted first, and nobody changes these', () => {
  expect(rules[0]).toBe('-D');
  expect(rules.at(-1)).toBe('-e 2');
});

test('each line is a setting, a watch or a rule of a form that auditctl reads', () => {
  const call = /^-a always,exit -F arch=b64 -S [a-z0-9_,]+(?: -[FC] (?:uid=shell|exit=-EACCES|uid!=euid|euid=0))* -k [a-z]+$/;
  const others = rules.filter((rule) => !/^(?:-D|-b \d+|-f 1|-e 2|--backlog_wait_time \d+|-w \S+ -p wa -k [a-z]+)$/.test(rule));
  expect(others.filter((rule) => !call.test(rule))).toEqual([]);
  expect(new Set(others.flatMap((rule) => /-S (\S+)/.exec(rule)?.[1]?.split(',') ?? []))).toEqual(new Set(calls));
});

test('writes to what decides who may sign in, what runs, and what is audited are records', () => {
  const names = [
    '/etc/passwd',
    '/etc/group',
    '/etc/shadow',
    '/etc/gshadow',
    '/etc/sudoers',
    '/etc/sudoers.d',
    '/etc/pam.d',
    '/etc/security',
  ];
  const server = ['/opt/rempart', '/etc/rempart', '/etc/systemd/system', '/etc/amazon/ssm', '/var/lib/rpm', '/etc/audit', '/var/log/audit'];
  expect(watched).toEqual(expect.arrayContaining([...names, ...server]));
});

test('every program that a person starts in a session is a record', () => {
  expect(rules).toContain('-a always,exit -F arch=b64 -S execve,execveat -F uid=shell -k session');
});
