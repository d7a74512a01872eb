/** Something a person can mend: a taken port, an unwritable folder, a bad file. Shown as its message, without a stack. */
export class Problem extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'Problem';
  }
}
