// The Date field of answers (RFC 9110 section 6.6.1): written into prepared answers when the second has changed.
import type { Answer } from './message';

export const datePlaceholder = 'Thu, 01 Jan 1970 00:00:00 GMT';

export class AnswerDate {
  private text = Buffer.from(datePlaceholder);
  private second = 0;

  /** Takes note of the time; to be called every second. */
  turn(now: Date): void {
    this.second = Math.floor(now.getTime() / 1000);
    this.text = Buffer.from(now.toUTCString());
  }

  /** Makes the answer say the present time. An answer still being sent may say a second more than it was: that is a time too. */
  write(answer: Answer): Buffer {
    if (answer.second !== this.second) {
      this.text.copy(answer.bytes, answer.dateAt);
      answer.second = this.second;
    }
    return answer.bytes;
  }
}
