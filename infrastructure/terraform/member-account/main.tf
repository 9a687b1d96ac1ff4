# The role that Latchkey assumes in another account, for those who create it with Terraform: what
# ../../member-account.yml makes with CloudFormation. docs/deploy.md says more.

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
}

# The two functions that read accounts, and only with the external id.
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
  # Users, groups, roles and their policies; whose MFA and keys there are. IAM takes no resource for these.
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

  # Managed policies that the list leaves out: AWS's own are of the account `aws`.
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

  # Whether there is an organisation. It takes no resource.
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

  # Guardrails: the levels above the account, which policies hang at each, and what they say.
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

  # Which instance of IAM Identity Center there is, and which accounts manage it. These take no resource.
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

  # Whom permission sets are assigned to. AWS lets only the management account and the delegated administrator of IAM
  # Identity Center ask.
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

  # Who is in the groups that permission sets are assigned to: the directory is of the management account.
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

  # Instances, what guards them, and the switches of the account. EC2 takes no resource for these.
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

  # Which addresses the lists hold that rules of security groups name; AWS's own are of the account `aws`.
  statement {
    sid = "PrefixLists"

    actions = [
      "ec2:GetManagedPrefixListEntries",
    ]

    resources = [
      "arn:${local.partition}:ec2:*:*:prefix-list/*",
    ]
  }

  # Who else may use an own image or snapshot.
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

  # What Systems Manager reaches and runs, and which documents are the account's own. It takes no resource for these.
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

  # What State Manager runs: the association is asked about, its document and its instance, too.
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

  # Whether instances without a profile are managed all the same, in every region.
  statement {
    sid = "HostManagement"

    actions = [
      "ssm:GetServiceSetting",
    ]

    resources = [
      "arn:${local.partition}:ssm:*:${local.account_id}:servicesetting/ssm/managed-instance/default-ec2-instance-management-role",
    ]
  }

  # What else runs something on instances or replaces them, and with which roles. None of these needs a resource.
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

  # Stacks and the roles that they act with.
  statement {
    sid = "Stacks"

    actions = [
      "cloudformation:DescribeStacks",
    ]

    resources = [
      "arn:${local.partition}:cloudformation:*:${local.account_id}:stack/*",
    ]
  }

  # Which instances run the containers of a cluster, and whom it lets in.
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

  # Which instances are deployed to.
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

  # The role that a state machine acts with.
  statement {
    sid = "StateMachines"

    actions = [
      "states:DescribeStateMachine",
    ]

    resources = [
      "arn:${local.partition}:states:*:${local.account_id}:stateMachine:*",
    ]
  }

  # Which instances a pipeline deploys to. Its ARN ends in its name, so that any may be meant.
  statement {
    sid = "Pipelines"

    actions = [
      "codepipeline:GetPipeline",
    ]

    resources = [
      "arn:${local.partition}:codepipeline:*:${local.account_id}:*",
    ]
  }

  # The role that builds of a project act with.
  statement {
    sid = "Builds"

    actions = [
      "codebuild:BatchGetProjects",
    ]

    resources = [
      "arn:${local.partition}:codebuild:*:${local.account_id}:project/*",
    ]
  }

  # What rules of EventBridge run on instances.
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
