// Requests of CloudFormation to the function of a custom resource, and the answers to a mock of it.
import type { CustomResourceEvent, InvocationContext } from '../../runtime/custom-resource';

export type RequestType = CustomResourceEvent['RequestType'];

export interface Answer {
  readonly Status: string;
  readonly Reason?: string;
  readonly Data?: Readonly<Record<string, string>>;
}

export const customResourceEvent = (
  RequestType: RequestType,
  ResponseURL = 'https://example.org/answer',
  properties: Partial<Pick<CustomResourceEvent, 'ResourceProperties' | 'OldResourceProperties'>> = {},
) => ({
  RequestType,
  ResponseURL,
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Resource',
  ResourceProperties: {},
  ...properties,
});

/** The context of an invocation that has this time left. */
export const invocationContext = (milliseconds: number): InvocationContext => ({
  awsRequestId: 'invocation',
  logGroupName: '/rempart/production/functions/x',
  getRemainingTimeInMillis: () => milliseconds,
});

/** Mocks `fetch`, by which a function answers CloudFormation. Returns the answers as they arrive. */
export function mockCloudFormation(): Answer[] {
  const answers: Answer[] = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
    answers.push(JSON.parse(String(init?.body)));
    return new Response();
  });
  return answers;
}
