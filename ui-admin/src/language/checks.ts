/** The check of one text; the signal is given when the answer is no longer wanted. */
export type Check<T> = (text: string, signal: AbortSignal) => Promise<T>;

/**
 * Asks about a text some time after it was last changed, and tells the answer only while the text is still that one:
 * an answer that a later text has overtaken is dropped, whenever it comes.
 */
export class Checks<T> {
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | undefined;

  /**
   * @param delay milliseconds without a change before the question is asked
   * @param tell gets the answer, or nothing when there was none
   */
  constructor(
    private readonly check: Check<T>,
    private readonly tell: (answer: T | undefined) => void,
    private readonly delay = 350,
  ) {}

  changed(text: string): void {
    this.stop();
    this.waiting = setTimeout(() => void this.ask(text), this.delay);
  }

  /** Nothing is told after this until the text changes again. */
  stop(): void {
    clearTimeout(this.waiting);
    this.running?.abort();
    this.running = undefined;
  }

  private async ask(text: string): Promise<void> {
    const mine = new AbortController();
    this.running = mine;
    let answer: T | undefined;
    try {
      answer = await this.check(text, mine.signal);
    } catch {
      // A check that fails says nothing of the text; running the query will say what is the matter.
      answer = undefined;
    }
    if (this.running === mine) this.tell(answer);
  }
}
