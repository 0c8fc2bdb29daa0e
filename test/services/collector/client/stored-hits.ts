// How many hits of a site a twin has stored, test by test: as many as were sent, and none once more later.
import { until } from '../until';

/** Longer than a hit is on its way from a page to the database. */
const onTheWay = () => new Promise((resolve) => setTimeout(resolve, 1500));

export class StoredHits {
  /** Before the present test. */
  private before = 0;
  /** As many as were sent so far. */
  private after = 0;

  /** @param page of the twin */
  constructor(
    private readonly page: string,
    private readonly site: number,
  ) {}

  /** A test begins. */
  begin(): void {
    this.before = this.after;
  }

  /**
   * Waits until the test has stored a number of hits. A hit too many that comes later fails the next test, or the last
   * one. If none is awaited any more, waits for those that would be too many.
   */
  async expect(hits: number): Promise<void> {
    if (this.before + hits === this.after) await onTheWay();
    this.after = this.before + hits;
    await until(async () => (await this.stored()) >= this.after, `${hits} stored hits`, 60_000);
    expect((await this.stored()) - this.before).toBe(hits);
  }

  /** The last test. */
  async expectNoMore(): Promise<void> {
    await onTheWay();
    expect(await this.stored()).toBe(this.after);
  }

  private async stored(): Promise<number> {
    const live = (await (await fetch(`${this.page}/live.json`)).json()) as { readonly texts: Readonly<Record<string, string>> };
    return Number(live.texts[`stored-${this.site}`]?.replaceAll(/\D/g, ''));
  }
}
