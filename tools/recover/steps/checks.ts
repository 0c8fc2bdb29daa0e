// What has to work before a name leads to the site: its stacks, its database, and its edge with certificate and
// headers.
import { edgeHealthPath } from '../../../lib/edge/paths';
import { promisedHeaders } from '../../../lib/edge/response-headers';
import { messageOf } from '../../../runtime/vpn/refusal';
import { ToolError } from '../../command-line';
import { balancerOf } from '../edge-place';
import type { Recovery } from '../recovery';
import { isComplete, statesOf } from '../stacks';
import type { Step } from '../step';

/** The headers that the load balancer itself sets on each response. (DSS-6.7.1) */
const headersOfEdge = ['Strict-Transport-Security', 'X-Content-Type-Options'] as const;

interface Check {
  readonly what: string;
  /** Why it cannot be made. @default - it is made */
  readonly leftOut?: string;
  /** @throws Error with the fault */
  run(recovery: Recovery): Promise<void>;
}

export const checksStep: Step = {
  ...{ name: 'checks', title: 'checks of the site', isRepeated: true },
  left: async (recovery) => checksOf(recovery).map(({ what, leftOut }) => (leftOut === undefined ? what : `${what}: left out, ${leftOut}`)),
  async act(recovery) {
    const faults: string[] = [];
    for (const { what, leftOut, run } of checksOf(recovery)) {
      const fault = leftOut === undefined ? await faultOf(run, recovery) : undefined;
      const text = `${what}: ${leftOut === undefined ? (fault ?? 'right') : `left out, ${leftOut}`}`;
      recovery.journal.add({ event: 'note', step: 'checks', text });
      recovery.progress(`  ${text}`);
      if (fault !== undefined) faults.push(text);
    }
    if (faults.length === 0) return;
    throw new ToolError(`checks: expected all to be right, got ${faults.join('; ')}; repair it, and run the same command again`);
  },
};

async function faultOf(run: Check['run'], recovery: Recovery): Promise<string | undefined> {
  try {
    await run(recovery);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function checksOf(recovery: Recovery): readonly Check[] {
  const { edge } = recovery.site().settings;
  const name = edge.domain;
  const unreachable =
    name === undefined
      ? 'the configuration has no edge.domain'
      : edge.cloudflare
        ? 'the load balancer accepts Cloudflare alone'
        : undefined;
  return [
    { what: 'every stack is complete', run: stacksComplete },
    { what: 'the database answers', run: async ({ account }) => void (await account.call('site-snapshot', {})) },
    {
      what: `the edge answers ${edgeHealthPath} with the certificate of ${name ?? 'the name'} and its headers`,
      ...(unreachable === undefined ? {} : { leftOut: unreachable }),
      run: (of) => edgeAnswers(of, name ?? ''),
    },
  ];
}

async function stacksComplete(recovery: Recovery): Promise<void> {
  const open = (await statesOf(recovery)).filter((state) => !isComplete(state));
  if (open.length > 0) throw new Error(open.map(({ name, status = 'not there' }) => `${name} is ${status}`).join(', '));
}

async function edgeAnswers(recovery: Recovery, name: string): Promise<void> {
  const { name: balancer } = await balancerOf(recovery);
  const { address, status, headers } = await recovery.probe({ balancer, name, path: edgeHealthPath });
  if (status !== 200) throw new Error(`${address} answers with status ${status}, not 200`);
  for (const header of headersOfEdge) {
    const found = headers[header.toLowerCase()];
    if (found !== promisedHeaders[header])
      throw new Error(`${address} answers with ${header} ${found ?? 'missing'}, not ${promisedHeaders[header]}`);
  }
}
