/** Tells the parent process of the first failed test at once: it need not wait for the others of that file. */
export default class Reporter {
  onTestCaseResult(_test, { status, fullName }) {
    if (status === 'failed') process.send({ kind: 'failed', name: fullName });
  }
}
