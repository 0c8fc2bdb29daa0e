// The Date field of answers (RFC 9110 section 6.6.1), written into prepared answers once a second.
import type { Answer } from './message';

export const datePlaceholder = 'Thu, 01 Jan 1970 00:00:00 GMT';

export class AnswerDate {
  private text = Buffer.from(datePlaceholder);
  private second = 0;

  /** Sets the present time; call it every second. */
  update(now: Date): void {
    this.second = Math.floor(now.getTime() / 1000);
    this.text = Buffer.from(now.toUTCString());
  }

  /**
   * Writes the present time into the answer. An answer that is still being sent may change by a second, which does no
   * harm.
   */
  write(answer: Answer): Buffer {
    if (answer.second !== this.second) {
      this.text.copy(answer.bytes, answer.dateAt);
      answer.second = this.second;
    }
    return answer.bytes;
  }
}
