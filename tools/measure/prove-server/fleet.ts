// EC2 Auto Scaling as one server meets it: the state that it is to reach, and hooks that wait for its answer.

/** A call of the server, and whether a hook waited for it. */
export interface HookAction {
  readonly verb: 'CompleteLifecycleAction' | 'RecordLifecycleActionHeartbeat';
  readonly hook: string;
  readonly result: string | undefined;
  readonly accepted: boolean;
}

export class FleetStandIn {
  /** As the metadata service names it ("Retrieve the target lifecycle state through instance metadata"). */
  target = 'InService';
  readonly actions: HookAction[] = [];
  private readonly waiting = new Set<string>();
  private readonly watchers = new Map<string, () => void>();

  /**
   * @param instance id of the server
   * @param say takes each call of it, in words
   */
  constructor(
    readonly instance: string,
    private readonly say: (text: string) => void = () => undefined,
  ) {}

  /** A hook begins: from now on an answer is accepted. */
  begin(hook: string): void {
    this.waiting.add(hook);
  }

  /** Calls back when the hook is completed, before the server is answered. */
  once(hook: string, callback: () => void): void {
    this.watchers.set(hook, callback);
  }

  /** Results that were accepted for a hook, in order. */
  results(hook: string): readonly (string | undefined)[] {
    return this.actions
      .filter((action) => action.accepted && action.hook === hook && action.verb === 'CompleteLifecycleAction')
      .map(({ result }) => result);
  }

  /** Takes a call in the form of the Query protocol; gives status and body. */
  take(form: URLSearchParams): readonly [status: number, body: string] {
    const verb = form.get('Action');
    const hook = form.get('LifecycleHookName') ?? '';
    if (verb !== 'CompleteLifecycleAction' && verb !== 'RecordLifecycleActionHeartbeat') {
      return [400, failure('InvalidAction', `no such action: ${verb}`)];
    }
    const accepted = this.waiting.has(hook) && form.get('InstanceId') === this.instance;
    this.actions.push({ verb, hook, result: form.get('LifecycleActionResult') ?? undefined, accepted });
    this.say(`${verb} ${hook} ${form.get('LifecycleActionResult') ?? ''}: ${accepted ? 'accepted' : 'no such hook waits'}`);
    if (!accepted) return [400, failure('ValidationError', `No active Lifecycle Action found with instance ID ${form.get('InstanceId')}`)];
    if (verb === 'CompleteLifecycleAction') {
      this.waiting.delete(hook);
      this.watchers.get(hook)?.();
    }
    return [200, `<${verb}Response><${verb}Result/><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${verb}Response>`];
  }
}

const failure = (code: string, message: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
