import {
  DescribeClusterCommand,
  paginateListAccessEntries,
  paginateListAssociatedAccessPolicies,
  paginateListClusters,
} from '@aws-sdk/client-eks';
import { type Operation, PAGE, regional } from './operation.ts';

const eks = regional((clients) => clients.eks);

export const EKS_OPERATIONS: Readonly<Record<string, Operation>> = {
  'eks.list-clusters': eks((client) => paginateListClusters({ client, pageSize: PAGE }, {})),
  'eks.describe-cluster': eks((client, name) => client.send(new DescribeClusterCommand({ name }))),
  'eks.list-access-entries': eks((client, clusterName) =>
    paginateListAccessEntries({ client, pageSize: PAGE }, { clusterName }),
  ),
  // the cluster and the principal, joined by a dot
  'eks.list-associated-access-policies': eks((client, argument) => {
    const dot = argument.indexOf('.');
    const asked = { clusterName: argument.slice(0, dot), principalArn: argument.slice(dot + 1) };
    return paginateListAssociatedAccessPolicies({ client, pageSize: PAGE }, asked);
  }),
};
