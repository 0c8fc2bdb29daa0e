// The rows per second that the database stores, by its capacity, and the growth of its capacity with the load.
import { acuByLoad } from '../../../lib/cost/assumptions';

export interface DatabaseSettings {
  readonly minAcu: number;
  readonly maxAcu: number;
}

export interface DatabaseAssumptions {
  /** Seconds in which the capacity doubles. AWS documents no figure, and faster growth from a larger capacity. */
  readonly acuDoublingSeconds: number;
  /** @default - the load of each capacity in lib/cost/assumptions.ts */
  readonly rowsPerAcu?: number | undefined;
}

/** Capacity shrinks slowly, so that a second peak finds it. */
const halvingSeconds = 900;

type Point = readonly [x: number, y: number];

/** The first point of the assumption is the minimum without load, and no capacity. */
const acuOfRows: readonly Point[] = [[0, 0], ...acuByLoad.slice(1)];
const rowsOfAcu = acuOfRows.map(([rows, acu]) => [acu, rows] as const);

export class Database {
  private acu: number;

  constructor(
    private readonly settings: DatabaseSettings,
    private readonly assumptions: DatabaseAssumptions,
    before: number,
  ) {
    this.acu = this.within(this.acuFor(before));
  }

  get capacity(): number {
    return this.acu;
  }

  get isLargest(): boolean {
    return this.acu >= this.settings.maxAcu;
  }

  /** Rows that the present capacity stores in a second. */
  get rows(): number {
    const { rowsPerAcu } = this.assumptions;
    return rowsPerAcu === undefined ? between(rowsOfAcu, this.acu) : rowsPerAcu * this.acu;
  }

  /** One second in which so many rows were offered. */
  follow(offered: number): void {
    const wanted = this.within(this.acuFor(offered));
    this.acu =
      wanted > this.acu
        ? Math.min(wanted, this.acu * 2 ** (1 / this.assumptions.acuDoublingSeconds))
        : Math.max(wanted, this.acu * 0.5 ** (1 / halvingSeconds));
  }

  private acuFor(rows: number): number {
    const { rowsPerAcu } = this.assumptions;
    return rowsPerAcu === undefined ? between(acuOfRows, rows) : rows / rowsPerAcu;
  }

  private within(acu: number): number {
    return Math.min(this.settings.maxAcu, Math.max(this.settings.minAcu, acu));
  }
}

/** The value on straight lines between points, and beyond the last. */
function between(all: readonly Point[], x: number): number {
  const found = all.findIndex(([from]) => from >= x);
  const end = found === -1 ? all.length - 1 : Math.max(1, found);
  const [[fromX, fromY], [toX, toY]] = [all[end - 1], all[end]] as [Point, Point];
  return fromY + ((toY - fromY) * (x - fromX)) / (toX - fromX);
}
