import {
  DescribeAssociationCommand,
  GetDocumentCommand,
  GetServiceSettingCommand,
  paginateDescribeInstanceInformation,
  paginateDescribeMaintenanceWindows,
  paginateDescribeMaintenanceWindowTargets,
  paginateDescribeMaintenanceWindowTasks,
  paginateListAssociations,
  paginateListDocuments,
} from '@aws-sdk/client-ssm';
import { type Operation, regional } from './operation.ts';

const ssm = regional((clients) => clients.ssm);

/** The largest page of the service, so that an account takes few calls. */
const SSM_PAGE = 50;

export const SSM_OPERATIONS: Readonly<Record<string, Operation>> = {
  'ssm.describe-instance-information': ssm((client) =>
    paginateDescribeInstanceInformation({ client, pageSize: SSM_PAGE }, {}),
  ),
  'ssm.list-documents': ssm((client) =>
    paginateListDocuments({ client, pageSize: SSM_PAGE }, { Filters: [{ Key: 'Owner', Values: ['Self'] }] }),
  ),
  // some are stored as YAML
  'ssm.get-document': ssm((client, Name) =>
    client.send(new GetDocumentCommand({ Name, DocumentFormat: 'JSON' })),
  ),
  'ssm.list-associations': ssm((client) => paginateListAssociations({ client, pageSize: SSM_PAGE }, {})),
  'ssm.describe-association': ssm((client, AssociationId) =>
    client.send(new DescribeAssociationCommand({ AssociationId })),
  ),
  'ssm.describe-maintenance-windows': ssm((client) =>
    paginateDescribeMaintenanceWindows({ client, pageSize: SSM_PAGE }, {}),
  ),
  'ssm.describe-maintenance-window-targets': ssm((client, WindowId) =>
    paginateDescribeMaintenanceWindowTargets({ client, pageSize: SSM_PAGE }, { WindowId }),
  ),
  'ssm.describe-maintenance-window-tasks': ssm((client, WindowId) =>
    paginateDescribeMaintenanceWindowTasks({ client, pageSize: SSM_PAGE }, { WindowId }),
  ),
  'ssm.get-service-setting': ssm((client, setting) =>
    client.send(new GetServiceSettingCommand({ SettingId: `/ssm/managed-instance/${setting}` })),
  ),
};
