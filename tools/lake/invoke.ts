// One request to a function of the deployment.
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { type Control, functionName } from '../../lib/config/names';
import type { Site } from '../../lib/config/site';
import { ToolError } from '../command-line';
import { type Surroundings, whenFree } from './when-free';

/** Options that name the deployment, and the form of the output. */
export const placeOptions = {
  deployment: { type: 'string' },
  recovery: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** Their lines in the usage of a command. */
export const placeUsage = `  --deployment NAME  the deployment, a file in config/ [default: production]
  --recovery         the recovery site
  --json             print the result as JSON
  --help             print this text`;

/** Calls a function, and waits while all its runs at once are in use; its error is one of the tool. */
export type Call = (control: Control, request: object) => Promise<unknown>;

export const callFunction =
  (site: Site, lambda: Pick<LambdaClient, 'send'>, surroundings?: Surroundings): Call =>
  async (control, request) => {
    const FunctionName = functionName(site, control);
    const invoke = () => lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(request)) }));
    const answer = await whenFree(FunctionName, invoke, surroundings);
    const result: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || 'null');
    if (answer.FunctionError !== undefined) throw new ToolError(String((result as { errorMessage?: unknown } | null)?.errorMessage));
    return result;
  };
