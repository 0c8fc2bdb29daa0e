// An account with something that it has once, which a control keeps for its deployments. The clients' `send` is
// mocked, with the boundaries that hold the claims, a call that can be denied, and what the function writes and
// answers.
import type * as iam from '@aws-sdk/client-iam';
import { type Answer, mockCloudFormation } from '../custom-resource';
import { answerOnBoundaries } from './mock-boundaries';

export const boundary = 'arn:aws:iam::111111111111:policy/production-boundary-eu-west-3';

/** A tag of the boundary that is no claim, and stays. */
const otherTag: iam.Tag = { Key: 'x', Value: 'y' };

type Client = { readonly prototype: { send(...args: never[]): unknown } };

export class ClaimedAccount {
  /** The tags of each policy, by ARN. */
  tags = new Map<string, iam.Tag[]>();
  /** Name of the command that is denied. */
  denied: string | undefined;
  /** Responses to CloudFormation. */
  answers: readonly Answer[] = [];
  written: string[] = [];

  /**
   * Mocks the clients before each test of a file.
   *
   * @param claim tag with the claim of a deployment
   * @param answer the answer to a command that is none on boundaries
   * @param more claims at boundaries of other deployments, by ARN
   */
  constructor(
    claim: string,
    clients: readonly Client[],
    private readonly answer: (command: object) => object,
    more: Readonly<Record<string, string>> = {},
  ) {
    beforeEach(() => {
      this.tags = new Map([
        ['arn:aws:iam::111111111111:policy/another-teams', [{ Key: claim, Value: 'not read' }]],
        ...Object.entries(more).map(([arn, Value]) => [arn, [{ Key: claim, Value }]] as [string, iam.Tag[]]),
        [boundary, [otherTag]],
      ]);
      this.denied = undefined;
      this.written = [];
      for (const { prototype } of clients) {
        jest.spyOn(prototype, 'send').mockImplementation(async (command: object) => this.answerTo(command));
      }
      jest.spyOn(process.stdout, 'write').mockImplementation((text) => this.written.push(String(text)) > 0);
      jest.spyOn(console, 'info').mockImplementation(() => undefined);
      jest.spyOn(console, 'error').mockImplementation(() => undefined);
      this.answers = mockCloudFormation();
    });
  }

  /** The evidence of a run that the schedule starts. */
  async watched(run: () => Promise<unknown>) {
    this.written = [];
    await run();
    return this.evidence();
  }

  /** What the last run wrote. */
  evidence() {
    return JSON.parse(this.written[0] ?? '');
  }

  /** No claim is left, and the other tag of the boundary is. */
  expectNoClaim(): void {
    expect(this.tags.get(boundary)).toEqual([otherTag]);
  }

  private answerTo(command: object): object {
    if (command.constructor.name === this.denied) throw Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
    return answerOnBoundaries(command, this.tags) ?? this.answer(command);
  }
}

/** Repeats a step as CloudFormation and Lambda do, until it succeeds. */
export async function untilDone<Result>(step: () => Promise<Result>): Promise<Result> {
  for (let attempt = 0; attempt < 500; attempt++) {
    try {
      return await step();
    } catch {}
  }
  throw new Error('expected the step to succeed within 500 attempts');
}
