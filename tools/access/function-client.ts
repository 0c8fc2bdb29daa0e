// Calls the functions of support staff and auditors, with the proof of the caller.
import { randomUUID } from 'node:crypto';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { functionName } from '../../lib/config/names';
import type { Site } from '../../lib/config/site';
import type { AccessRequest, ReadRequest } from '../../runtime/staff/requests';
import { Refusal, refusal } from '../../runtime/vpn/refusal';
import { type SessionCredentials, signRequest } from './sign';

interface Requests {
  readonly 'staff-access': AccessRequest;
  readonly 'staff-reads': ReadRequest;
}

export class StaffFunctions {
  private readonly lambda: LambdaClient;
  private readonly sts: STSClient;

  constructor(
    private readonly site: Site,
    private readonly now: () => Date,
  ) {
    const client = { region: site.region, maxAttempts: 3 };
    // Not repeated: the database refuses a second use of the signature.
    this.lambda = new LambdaClient({ ...client, maxAttempts: 1 });
    this.sts = new STSClient(client);
  }

  /** The result of the function. @throws Refusal with its message */
  async call<Control extends keyof Requests>(control: Control, request: Requests[Control]): Promise<unknown> {
    const name = functionName(this.site, control);
    const { region } = this.site;
    const functionArn = `arn:aws:lambda:${region}:${await this.account()}:function:${name}`;
    // A text of its own for each request, so that no two have one signature.
    const text = JSON.stringify({ ...request, id: randomUUID() });
    const signed = signRequest(text, { region, functionArn }, await this.credentials(), this.now());
    const answer = await this.lambda.send(new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(signed)) }));
    const result: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || 'null');
    if (answer.FunctionError !== undefined) throw new Refusal(String((result as { errorMessage?: unknown } | null)?.errorMessage));
    return result;
  }

  private async credentials(): Promise<SessionCredentials> {
    const { accessKeyId, secretAccessKey, sessionToken } = await this.sts.config.credentials();
    if (sessionToken !== undefined) return { accessKeyId, secretAccessKey, sessionToken };
    throw refusal('credentials', 'a session of a role', 'a permanent access key', 'set AWS_PROFILE to a profile that switches to the role');
  }

  private async account(): Promise<string> {
    const { account } = this.site.settings;
    return account ?? (await this.sts.send(new GetCallerIdentityCommand({}))).Account ?? '';
  }
}
