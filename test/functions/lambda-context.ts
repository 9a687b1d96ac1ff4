import type { Context } from 'aws-lambda';

/** The context that Lambda passes to a handler with its event. */
export const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'latchkey-prod-check',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:latchkey-prod-check',
  memoryLimitInMB: '3538',
  awsRequestId: '00000000-0000-4000-8000-000000000000',
  logGroupName: '/aws/lambda/latchkey-prod-check',
  logStreamName: '2026/08/23/[$LATEST]0',
  getRemainingTimeInMillis: () => 300_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};
