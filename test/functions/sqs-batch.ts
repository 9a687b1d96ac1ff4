/** Messages as SQS hands them to a function, received for the first time. */
export const sqsBatch = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, n) => ({
    messageId: `m-${n}`,
    receiptHandle: `receipt-${n}`,
    body,
    attributes: { ApproximateReceiveCount: '1' },
  })),
});
