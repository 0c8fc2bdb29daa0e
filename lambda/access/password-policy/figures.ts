// The figures of a password policy: which policy is weaker, and the texts that record one. Pure.
import type { PasswordPolicy } from '@aws-sdk/client-iam';

/** A password policy of an account, in numbers. A switch is 0 or 1, and 0 stands for no limit of age or reuse. */
export interface PasswordFigures {
  readonly length: number;
  readonly symbols: number;
  readonly numbers: number;
  readonly upper: number;
  readonly lower: number;
  /** Whether users may change their own password. */
  readonly change: number;
  /** Days after which a password expires. */
  readonly age: number;
  /** Number of former passwords that are refused. */
  readonly reuse: number;
  /** Whether only an administrator can renew an expired password. */
  readonly hard: number;
}

const names = ['length', 'symbols', 'numbers', 'upper', 'lower', 'change', 'age', 'reuse', 'hard'] as const;
type Name = (typeof names)[number];

/** The policy of an account that has none ("Setting an account password policy": the default). */
export const byDefault: PasswordFigures = { length: 8, symbols: 0, numbers: 0, upper: 0, lower: 0, change: 0, age: 0, reuse: 0, hard: 0 };

/** The figures that a deployment demands; the clauses state no other figure than length, symbol and age. (TOM-3.7) */
export const demanded = (length: number, age: number, reuse: number): PasswordFigures => ({
  ...{ length, symbols: 1, numbers: 1, upper: 1, lower: 1, change: 1, age, reuse, hard: 0 },
});

/** The figures of a policy; `undefined` for an account without one. */
export function figuresOf(policy: PasswordPolicy | undefined): PasswordFigures | undefined {
  if (policy === undefined) return undefined;
  return {
    length: policy.MinimumPasswordLength ?? byDefault.length,
    symbols: Number(policy.RequireSymbols ?? false),
    numbers: Number(policy.RequireNumbers ?? false),
    upper: Number(policy.RequireUppercaseCharacters ?? false),
    lower: Number(policy.RequireLowercaseCharacters ?? false),
    change: Number(policy.AllowUsersToChangePassword ?? false),
    age: policy.MaxPasswordAge ?? 0,
    reuse: policy.PasswordReusePrevention ?? 0,
    hard: Number(policy.HardExpiry ?? false),
  };
}

/** The request that sets the figures. IAM sets a parameter that is left out to its default: no limit. */
export const requestFor = ({ length, symbols, numbers, upper, lower, change, age, reuse, hard }: PasswordFigures) => ({
  MinimumPasswordLength: length,
  RequireSymbols: symbols === 1,
  RequireNumbers: numbers === 1,
  RequireUppercaseCharacters: upper === 1,
  RequireLowercaseCharacters: lower === 1,
  AllowUsersToChangePassword: change === 1,
  HardExpiry: hard === 1,
  ...(age > 0 ? { MaxPasswordAge: age } : {}),
  ...(reuse > 0 ? { PasswordReusePrevention: reuse } : {}),
});

/** The stronger of two values of a figure. */
const stronger: Readonly<Record<Name, (one: number, other: number) => number>> = {
  length: Math.max,
  symbols: Math.max,
  numbers: Math.max,
  upper: Math.max,
  lower: Math.max,
  change: Math.max,
  // The shorter age, if there is one.
  age: (one, other) => (one === 0 || other === 0 ? Math.max(one, other) : Math.min(one, other)),
  reuse: Math.max,
  // A person must be able to renew an expired password.
  hard: Math.min,
};

/** The weakest policy that is at least as strong as both. */
export function raised(one: PasswordFigures, other: PasswordFigures): PasswordFigures {
  return Object.fromEntries(names.map((name) => [name, stronger[name](one[name], other[name])])) as unknown as PasswordFigures;
}

export const isSame = (one: PasswordFigures, other: PasswordFigures): boolean => names.every((name) => one[name] === other[name]);

/** The figures in which a policy is weaker than demanded. */
export const weakerFigures = (found: PasswordFigures, wanted: PasswordFigures): readonly Name[] =>
  names.filter((name) => stronger[name](found[name], wanted[name]) !== found[name]);

const unset = 'none';

/** Text of a policy for the value of a tag, as in `length=14 symbols=1 ...`; `none` for an account without one. */
export const recordOf = (figures: PasswordFigures | undefined): string =>
  figures === undefined ? unset : names.map((name) => `${name}=${figures[name]}`).join(' ');

const recordForm = new RegExp(`^${names.map((name) => `${name}=(\\d{1,4})`).join(' ')}$`);

/** Reads a record. @throws Error for a text that `recordOf` does not write */
export function readRecord(text: string): PasswordFigures | undefined {
  if (text === unset) return undefined;
  const [, ...values] = recordForm.exec(text) ?? [];
  if (values.length !== names.length) {
    throw new Error(`record of the password policy: expected ${unset} or figures, got ${JSON.stringify(text)}; correct the tag`);
  }
  return Object.fromEntries(names.map((name, index) => [name, Number(values[index])])) as unknown as PasswordFigures;
}
