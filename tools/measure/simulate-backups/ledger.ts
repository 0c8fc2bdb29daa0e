// The ledger of a simulation: gaps and wrongs that are true, and whether an alarm or a finding reported each.
import { type Account, stores } from './account';
import type { Alarms, Published } from './alarms';
import { hour, type Vault } from './vault';
import { wrongs } from './wrongs';

/** Hours after the begin of a gap within which an alarm must be raised. */
const promptly = 4;
const limit = 24 * hour;

interface Gap {
  readonly name: string;
  readonly from: number;
  alarmed: boolean;
}

export interface Report {
  readonly nights: number;
  readonly seed: number;
  readonly perDay: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly runs: number;
  /** Times for which the newest data of a store was older than 24 hours, by vault; all, and those with an alarm. */
  readonly gaps: Readonly<Record<string, { readonly all: number; readonly alarmed: number }>>;
  /** Hours in which each alarm was raised. */
  readonly alarmHours: Readonly<Record<string, number>>;
  /** Wrongs other than ages, by kind, that a finding reported. */
  readonly found: Readonly<Record<string, number>>;
  /** Hours in which the alarm on the age was raised, although the newest data was less than 23 hours old. */
  readonly falseAlarmHours: number;
  /** Findings of wrongs that did not exist. */
  readonly falseFindings: readonly string[];
  /** Gaps without an alarm, ages reported as good that were not, and wrongs without a finding. */
  readonly misses: readonly string[];
}

export class Ledger {
  private readonly gaps: Gap[] = [];
  private readonly open = new Map<string, Gap>();
  private readonly misses: string[] = [];
  private readonly falseFindings: string[] = [];
  private readonly found: Record<string, Set<string>> = {};
  private readonly alarmHours: Record<string, number> = {};
  private readonly recent = new Map<string, number[]>();
  private falseAlarmHours = 0;
  private runs = 0;

  constructor(
    private readonly account: Account,
    private readonly clockError: number,
  ) {}

  /** Enters an hour that has passed. */
  enter(now: number, published: Published | undefined, alarms: Alarms): void {
    if (published) this.runs++;
    if (alarms.silence) this.alarmHours.silence = (this.alarmHours.silence ?? 0) + 1;
    for (const vault of [this.account.home, this.account.copies]) this.enterAge(vault, now, published, alarms);
    if (published) this.enterFindings(now, published, alarms);
  }

  private enterAge(vault: Vault, now: number, published: Published | undefined, alarms: Alarms): void {
    const { name } = vault;
    const ages = stores.map((store) => vault.trueAge(store, this.account.createdAt, now - hour, now));
    const highest = Math.max(...ages.map((age) => age.highest));
    const reported = published?.ages[name];
    const isOverdue = Math.max(...ages.map((age) => age.now)) > limit;
    if (isOverdue && reported !== undefined && reported <= 24) this.misses.push(`${at(now)}: ${name} reported as ${reported} hours old`);
    const gap = this.open.get(name) ?? (highest > limit ? { name, from: now, alarmed: false } : undefined);
    const raised = alarms.overdue.has(name);
    if (gap && !this.open.has(name)) this.begin(gap);
    if (gap && !gap.alarmed && (raised || alarms.silence)) gap.alarmed = true;
    if (gap && now - gap.from >= promptly * hour && !gap.alarmed) this.miss(gap);
    if (gap && highest <= limit && (gap.alarmed || now - gap.from >= promptly * hour)) this.open.delete(name);
    const last = [...(this.recent.get(name) ?? []), highest].slice(-6);
    this.recent.set(name, last);
    if (raised) this.alarmHours[name] = (this.alarmHours[name] ?? 0) + 1;
    if (raised && reported !== undefined && Math.max(...last) < limit - hour) this.falseAlarmHours++;
  }

  private begin(gap: Gap): void {
    this.gaps.push(gap);
    this.open.set(gap.name, gap);
  }

  private miss(gap: Gap): void {
    const text = `${at(gap.from)}: a gap in ${gap.name} without an alarm`;
    if (!this.misses.includes(text)) this.misses.push(text);
  }

  /** A run that could not read everything must not be reported as complete: the alarm on silence follows. */
  private enterFindings(now: number, { findings, completed }: Published, alarms: Alarms): void {
    if (!completed && !alarms.silence) return;
    const certain = wrongs(this.account, now, this.clockError);
    for (const id of certain) {
      const kind = id.slice(0, id.indexOf(':'));
      if (findings.includes(id)) {
        this.found[kind] ??= new Set();
        this.found[kind].add(id);
      } else if (completed) this.misses.push(`${at(now)}: no finding ${id}`);
    }
    const known = new Set(certain);
    const more = findings.filter((id) => !id.startsWith('night::') && !known.has(id));
    if (!completed || more.length === 0) return;
    const possible = new Set(wrongs(this.account, now, -this.clockError));
    this.falseFindings.push(...more.filter((id) => !possible.has(id)).map((id) => `${at(now)}: ${id}`));
  }

  close(run: Pick<Report, 'nights' | 'seed' | 'perDay' | 'faults'>): Report {
    for (const gap of this.open.values()) if (!gap.alarmed && this.isOver(gap)) this.miss(gap);
    const names = [this.account.home.name, this.account.copies.name];
    const ofRegion = (name: string) => this.gaps.filter((gap) => gap.name === name);
    return {
      ...run,
      runs: this.runs,
      gaps: Object.fromEntries(
        names.map((name) => [name, { all: ofRegion(name).length, alarmed: ofRegion(name).filter(({ alarmed }) => alarmed).length }]),
      ),
      alarmHours: this.alarmHours,
      found: Object.fromEntries(Object.entries(this.found).map(([kind, ids]) => [kind, ids.size])),
      falseAlarmHours: this.falseAlarmHours,
      falseFindings: this.falseFindings,
      misses: this.misses,
    };
  }

  private isOver({ from }: Gap): boolean {
    return (this.recent.get(this.account.home.name)?.length ?? 0) > promptly && from > 0;
  }
}

const at = (time: number) => new Date(time).toISOString().slice(0, 16);
