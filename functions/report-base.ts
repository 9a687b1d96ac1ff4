import { s3ConsoleLink } from '../lib/adapters/aws/console-link.ts';

/** Prefix of report links: the setting, if the reports are served anywhere, or else the S3 console. */
export function reportBaseOf(settings: {
  readonly REPORT_URL: string;
  readonly PARTITION: string;
  readonly AWS_REGION: string;
  readonly BUCKET: string;
}): string {
  const { REPORT_URL, PARTITION, AWS_REGION, BUCKET } = settings;
  if (REPORT_URL === '') return s3ConsoleLink(PARTITION, AWS_REGION, BUCKET);
  return REPORT_URL.endsWith('/') ? REPORT_URL : `${REPORT_URL}/`;
}
