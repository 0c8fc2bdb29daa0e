// The settings of a session document: the inputs that a deployment demands, and how a document deviates. Pure.

/** Inputs of a document of the type Standard_Stream ("Session document schema"). */
export type Inputs = Readonly<Record<string, unknown>>;

/** Minutes after which a shell ends: without input, and in any case. */
export interface Times {
  readonly idle: number;
  readonly maximum: number;
}

/** Inputs with the places of one deployment: where sessions are recorded, and the key of their data. */
const places = ['s3BucketName', 's3KeyPrefix', 'cloudWatchLogGroupName', 'kmsKeyId'] as const;

const minutes = (value: unknown): number => (typeof value === 'string' && /^[1-9]\d{0,3}$/.test(value) ? Number(value) : Infinity);

/** The times of inputs; a time that is absent, or that Session Manager does not read, is infinite. */
export const timesOf = (inputs: Inputs | undefined): Times => ({
  idle: minutes(inputs?.idleSessionTimeout),
  maximum: minutes(inputs?.maxSessionDuration),
});

/** The shorter of each time. */
export const shortest = (all: readonly Times[]): Times => ({
  idle: Math.min(...all.map(({ idle }) => idle)),
  maximum: Math.min(...all.map(({ maximum }) => maximum)),
});

export const withTimes = (inputs: Inputs, { idle, maximum }: Times): Inputs => ({
  ...inputs,
  idleSessionTimeout: String(idle),
  maxSessionDuration: String(maximum),
});

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** The inputs with the places of another document; they stay where the document lacks one. */
export const withPlaces = (inputs: Inputs, other: Inputs): Inputs =>
  places.every((place) => isText(other[place]) === isText(inputs[place]))
    ? { ...inputs, ...Object.fromEntries(places.map((place) => [place, other[place]])) }
    : inputs;

/** The deployment to whose log group a document sends sessions: `/rempart/<deployment>/sessions`. */
export const deploymentOf = (inputs: Inputs | undefined): string | undefined =>
  /^\/rempart\/([^/]+)\/sessions$/.exec(String(inputs?.cloudWatchLogGroupName))?.[1];

/** Content of the document. Each content differs by its time: Systems Manager refuses one that it has already. */
export const contentOf = (inputs: Inputs, deployment: string, at: Date): string =>
  JSON.stringify({
    schemaVersion: '1.0',
    description: `Shells of servers, as ${deployment} set it at ${at.toISOString()}`,
    sessionType: 'Standard_Stream',
    inputs,
  });

/** Inputs of a content; `undefined` for a content of another kind, as one whose parameters a caller can choose. */
export function inputsOf(content: string): Inputs | undefined {
  try {
    const { schemaVersion, sessionType, inputs, description: _, ...rest } = JSON.parse(content) as Readonly<Record<string, unknown>>;
    const isShell = schemaVersion === '1.0' && sessionType === 'Standard_Stream' && Object.keys(rest).length === 0;
    return isShell && typeof inputs === 'object' && inputs !== null ? (inputs as Inputs) : undefined;
  } catch {
    return undefined;
  }
}

/** The order of the keys of an object has no meaning. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part,
  ) ?? 'absent';

const times: Readonly<Record<string, keyof Times>> = { idleSessionTimeout: 'idle', maxSessionDuration: 'maximum' };

/** Names of the inputs that differ; `content` for a content of another kind. */
export function differingInputs(content: string, wanted: Inputs): readonly string[] {
  const found = inputsOf(content);
  if (found === undefined) return ['content'];
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
  return names.filter((name) => canonical(found[name]) !== canonical(wanted[name]));
}

/** Names of the inputs that are weaker: each that differs, except a shorter time. */
export const weakerInputs = (content: string, wanted: Inputs): readonly string[] =>
  differingInputs(content, wanted).filter((name) => {
    const time = times[name];
    return time === undefined || timesOf(inputsOf(content))[time] > timesOf(wanted)[time];
  });
