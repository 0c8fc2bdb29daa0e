// The SSH server of the servers: with `access.instanceConnect`, its files and steps as they are declared; without it,
// none of them. (TOM-3.1, TOM-3.3, DSS-5.6.6)
import { type Finding, finding } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { fetchedFiles, fetchedText, settingsFile, userDataPath } from '../../template/boot-settings';
import { scriptCode } from '../../template/script-code';
import { connectFiles, connectLines, sessionsFile, sessionsText, sshdLines } from '../../template/server-ssh';

const path = `Properties.${userDataPath}`;
const fix = 'Use ServerFiles of lib/collection/server-files.ts with the files of services/collector.';

/** The steps by which no server of the image runs, whatever the setting: the endpoint reaches one of its own. */
const closed = ['systemctl disable --now sshd.service', 'systemctl mask sshd.service'];

/** Templates without uploaded files, as those of tests, have no boot that could be read. */
export function sshServerFindings(template: Resource, assembly: Assembly): readonly Finding[] {
  if (!template.stack.assets) return [];
  const { access } = assembly.facts.settings;
  const boot = scriptCode(fetchedText(template, 'boot.sh', assembly) ?? '');
  const open = closed.filter((line) => boot.filter((found) => found === line).length !== 1);
  return [
    ...open.map((line) => finding(template, `image::${line}`, path, line, fix)),
    ...(access.instanceConnect ? serverFindings(template, assembly) : absenceFindings(template, assembly)),
  ];
}

function absenceFindings(template: Resource, assembly: Assembly): readonly Finding[] {
  const found = fetchedFiles(template, assembly).filter((file) => (Object.values(connectFiles) as readonly string[]).includes(file));
  return found.map((file) => ({
    ...finding(template, `file::${file}`, path, 'no SSH server without access.instanceConnect', fix),
    found: file,
  }));
}

function serverFindings(template: Resource, assembly: Assembly): readonly Finding[] {
  const { shellIdleMinutes } = assembly.facts.settings.access.timeouts;
  const files = fetchedFiles(template, assembly);
  const absent = Object.values(connectFiles).filter((file) => !files.includes(file));
  const steps = scriptCode(fetchedText(template, connectFiles.script, assembly) ?? '');
  const missing = connectLines.filter((line) => steps.filter((found) => found === line).length !== 1);
  const server = scriptCode(fetchedText(template, connectFiles.server, assembly) ?? '').filter((line) => line !== '');
  const isServer = server.length === sshdLines.length && sshdLines.every((line) => server.includes(line));
  const isLimited = settingsFile(template, sessionsFile, assembly) === sessionsText(shellIdleMinutes);
  return [
    ...absent.map((file) => finding(template, `file::${file}`, path, `the file ${file}`, fix)),
    ...missing.map((line) => finding(template, `step::${line}`, path, line, fix)),
    ...(isServer ? [] : [finding(template, 'server', path, `the lines of ${connectFiles.server}: ${sshdLines.join('; ')}`, fix)]),
    ...(isLimited ? [] : [finding(template, 'idle', path, 'sessions that end after access.timeouts.shellIdleMinutes', fix)]),
  ];
}
