/** Messages as SQS delivers them to a function for the first time. */
export const sqsBatch = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, n) => ({
    messageId: `m-${n}`,
    receiptHandle: `receipt-${n}`,
    body,
    attributes: { ApproximateReceiveCount: '1' },
  })),
});
