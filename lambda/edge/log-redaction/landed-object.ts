// Keys of the landing bucket, by what the load balancer writes under them. Pure.
import type { Log } from './redact-line';

/** `log`: lines to be redacted. `test`: the file that the load balancer writes when logging is enabled. */
export type LandedObject = { readonly what: 'log'; readonly log: Log } | { readonly what: 'test' } | { readonly what: 'unknown' };

const testFiles = ['ELBAccessLogTestFile', 'ELBConnectionLogTestFile'];

/**
 * "Access log files" and "Connection log files": `<folder>/AWSLogs/<account>/...log.gz`. A test file has one line,
 * which names the load balancer ("Enable access logs", step 4).
 */
export function landedObject(key: string): LandedObject {
  const [folder, , , ...rest] = key.split('/');
  if (testFiles.includes(rest.at(-1) ?? '')) return { what: 'test' };
  const isLog = (folder === 'access' || folder === 'connection') && /\.log\.gz$/.test(key);
  return isLog ? { what: 'log', log: folder } : { what: 'unknown' };
}
