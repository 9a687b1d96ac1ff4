# The role that Latchkey assumes in another account, for those who use Terraform: the same as ../../member-account.yml for
# CloudFormation. docs/deploy.md says more.

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
}

# The two functions that read accounts, only with the external id.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.collect_role_arn, var.check_role_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

data "aws_iam_policy_document" "read" {
  # Begin: made by tools/collected-calls.ts
  # Users, groups, roles, their policies, and who has MFA and keys. These actions take no resource.
  statement {
    sid = "Identities"

    actions = [
      "iam:GetAccountAuthorizationDetails",
      "iam:GenerateCredentialReport",
      "iam:GetCredentialReport",
      "iam:ListVirtualMFADevices",
    ]

    resources = [
      "*",
    ]
  }

  # Managed policies that the list leaves out. The ARNs of AWS's own have the account `aws`.
  statement {
    sid = "MissingPolicies"

    actions = [
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
    ]

    resources = [
      "arn:${local.partition}:iam::*:policy/*",
    ]
  }

  # Whether there is an organisation. These actions take no resource.
  statement {
    sid = "Organization"

    actions = [
      "organizations:ListRoots",
      "organizations:DescribeOrganization",
    ]

    resources = [
      "*",
    ]
  }

  # Guardrails: the levels above the account, the policies attached to each, and their documents.
  statement {
    sid = "Guardrails"

    actions = [
      "organizations:DescribeOrganizationalUnit",
      "organizations:DescribeAccount",
      "organizations:ListParents",
      "organizations:DescribePolicy",
      "organizations:ListPoliciesForTarget",
    ]

    resources = [
      "arn:${local.partition}:organizations::*:root/*",
      "arn:${local.partition}:organizations::*:ou/*",
      "arn:${local.partition}:organizations::*:account/*",
      "arn:${local.partition}:organizations::*:policy/*",
      "arn:${local.partition}:organizations::aws:policy/*",
    ]
  }

  # The instance of IAM Identity Center, and which accounts manage it. These actions take no resource.
  statement {
    sid = "IdentityCenter"

    actions = [
      "sso:ListInstances",
      "organizations:ListDelegatedAdministrators",
    ]

    resources = [
      "*",
    ]
  }

  # Who permission sets are assigned to. AWS answers only the management account and the delegated administrator of IAM
  # Identity Center.
  statement {
    sid = "PermissionSets"

    actions = [
      "sso:ListPermissionSetsProvisionedToAccount",
      "sso:DescribePermissionSet",
      "sso:ListAccountAssignments",
    ]

    resources = [
      "arn:${local.partition}:sso:::instance/*",
      "arn:${local.partition}:sso:::permissionSet/*",
      "arn:${local.partition}:sso:::account/*",
    ]
  }

  # Who is in the groups that permission sets are assigned to. The directory belongs to the management account.
  statement {
    sid = "Directory"

    actions = [
      "identitystore:ListGroups",
      "identitystore:ListUsers",
      "identitystore:ListGroupMemberships",
    ]

    resources = [
      "arn:${local.partition}:identitystore::*:identitystore/*",
      "arn:${local.partition}:identitystore:::group/*",
      "arn:${local.partition}:identitystore:::user/*",
      "arn:${local.partition}:identitystore:::membership/*",
    ]
  }

  # Instances, their network and disks, and the settings of the account. These actions take no resource.
  statement {
    sid = "Fleet"

    actions = [
      "ec2:DescribeRegions",
      "ec2:DescribeInstances",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeInstanceConnectEndpoints",
      "ec2:DescribeVolumes",
      "ec2:DescribeManagedPrefixLists",
      "ec2:DescribeVpcBlockPublicAccessOptions",
      "ec2:DescribeVpcBlockPublicAccessExclusions",
      "ec2:GetSerialConsoleAccessStatus",
      "ec2:DescribeImages",
      "ec2:DescribeSnapshots",
      "ec2:DescribeLaunchTemplates",
      "ec2:GetInstanceMetadataDefaults",
      "ec2:GetManagedResourceVisibility",
    ]

    resources = [
      "*",
    ]
  }

  # The addresses in the prefix lists of security group rules. The ARNs of AWS's own lists have the account `aws`.
  statement {
    sid = "PrefixLists"

    actions = [
      "ec2:GetManagedPrefixListEntries",
    ]

    resources = [
      "arn:${local.partition}:ec2:*:*:prefix-list/*",
    ]
  }

  # Which other accounts may use the account's images and snapshots.
  statement {
    sid = "SharedDisks"

    actions = [
      "ec2:DescribeImageAttribute",
      "ec2:DescribeSnapshotAttribute",
    ]

    resources = [
      "arn:${local.partition}:ec2:*::image/*",
      "arn:${local.partition}:ec2:*::snapshot/*",
    ]
  }

  # What Systems Manager manages and runs, and which documents are the account's own. These actions take no resource.
  statement {
    sid = "ManagedInstances"

    actions = [
      "ssm:DescribeInstanceInformation",
      "ssm:ListDocuments",
      "ssm:ListAssociations",
      "ssm:DescribeMaintenanceWindows",
    ]

    resources = [
      "*",
    ]
  }

  # Session Manager's preferences, and what the account's own documents do, in every region.
  statement {
    sid = "Documents"

    actions = [
      "ssm:GetDocument",
    ]

    resources = [
      "arn:${local.partition}:ssm:*:${local.account_id}:document/*",
    ]
  }

  # What State Manager runs. AWS also authorises the document and the instance of the association.
  statement {
    sid = "Associations"

    actions = [
      "ssm:DescribeAssociation",
    ]

    resources = [
      "arn:${local.partition}:ssm:*:${local.account_id}:association/*",
      "arn:${local.partition}:ssm:*:${local.account_id}:document/*",
      "arn:${local.partition}:ec2:*:${local.account_id}:instance/*",
    ]
  }

  # What maintenance windows run, and on which instances.
  statement {
    sid = "MaintenanceWindows"

    actions = [
      "ssm:DescribeMaintenanceWindowTargets",
      "ssm:DescribeMaintenanceWindowTasks",
    ]

    resources = [
      "arn:${local.partition}:ssm:*:${local.account_id}:maintenancewindow/*",
    ]
  }

  # Whether Systems Manager manages instances without a profile, in every region.
  statement {
    sid = "HostManagement"

    actions = [
      "ssm:GetServiceSetting",
    ]

    resources = [
      "arn:${local.partition}:ssm:*:${local.account_id}:servicesetting/ssm/managed-instance/default-ec2-instance-management-role",
    ]
  }

  # Which other services run something on instances or replace them, and with which roles. None of these actions needs a
  # resource.
  statement {
    sid = "Services"

    actions = [
      "autoscaling:DescribeAutoScalingGroups",
      "ecs:ListClusters",
      "ecs:ListServices",
      "codedeploy:ListApplications",
      "eks:ListClusters",
      "lambda:ListFunctions",
      "states:ListStateMachines",
      "codepipeline:ListPipelines",
      "backup:ListProtectedResources",
      "codebuild:ListProjects",
      "events:ListRules",
    ]

    resources = [
      "*",
    ]
  }

  # Stacks and the roles that they use.
  statement {
    sid = "Stacks"

    actions = [
      "cloudformation:DescribeStacks",
    ]

    resources = [
      "arn:${local.partition}:cloudformation:*:${local.account_id}:stack/*",
    ]
  }

  # Which instances run the containers of a cluster, and who has access to it.
  statement {
    sid = "Clusters"

    actions = [
      "ecs:ListContainerInstances",
      "ecs:DescribeContainerInstances",
      "eks:DescribeCluster",
      "eks:ListAccessEntries",
      "eks:ListAssociatedAccessPolicies",
    ]

    resources = [
      "arn:${local.partition}:ecs:*:${local.account_id}:cluster/*",
      "arn:${local.partition}:ecs:*:${local.account_id}:container-instance/*",
      "arn:${local.partition}:eks:*:${local.account_id}:cluster/*",
      "arn:${local.partition}:eks:*:${local.account_id}:access-entry/*",
    ]
  }

  # Which instances CodeDeploy deploys to.
  statement {
    sid = "Deployments"

    actions = [
      "codedeploy:ListDeploymentGroups",
      "codedeploy:BatchGetDeploymentGroups",
    ]

    resources = [
      "arn:${local.partition}:codedeploy:*:${local.account_id}:application:*",
      "arn:${local.partition}:codedeploy:*:${local.account_id}:deploymentgroup:*",
    ]
  }

  # The roles that state machines use.
  statement {
    sid = "StateMachines"

    actions = [
      "states:DescribeStateMachine",
    ]

    resources = [
      "arn:${local.partition}:states:*:${local.account_id}:stateMachine:*",
    ]
  }

  # Which instances a pipeline deploys to. Its ARN is only a name, without a type before it.
  statement {
    sid = "Pipelines"

    actions = [
      "codepipeline:GetPipeline",
    ]

    resources = [
      "arn:${local.partition}:codepipeline:*:${local.account_id}:*",
    ]
  }

  # The roles that builds use.
  statement {
    sid = "Builds"

    actions = [
      "codebuild:BatchGetProjects",
    ]

    resources = [
      "arn:${local.partition}:codebuild:*:${local.account_id}:project/*",
    ]
  }

  # What EventBridge rules run on instances.
  statement {
    sid = "Rules"

    actions = [
      "events:ListTargetsByRule",
    ]

    resources = [
      "arn:${local.partition}:events:*:${local.account_id}:rule/*",
    ]
  }
  # End: made by tools/collected-calls.ts
}

resource "aws_iam_role" "member" {
  name                 = var.role_name
  path                 = var.role_path
  description          = "Read by Latchkey"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "read" {
  name   = "read"
  role   = aws_iam_role.member.id
  policy = data.aws_iam_policy_document.read.json
}
