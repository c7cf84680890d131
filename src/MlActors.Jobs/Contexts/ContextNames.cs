using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;

namespace MlActors.Jobs.Contexts;

/// <summary>The rules that ids of filters and calendars follow, which are those of jobs.</summary>
public static class ContextNames
{
    /// <summary>Whether a calendar may name this.</summary>
    public static bool IsJobOrGroup(string name) => name == CalendarConfig.Everybody || JobId.IsValidName(name);

    internal static void CheckId(string field, string id, ObjectReader request)
    {
        if (!JobId.IsValid(id))
        {
            request.Problem(field, $"is [{ProblemList.Shown(id)}]: must have at most {JobId.MaxLength} characters and {JobId.Rule}",
                ProblemKind.IllegalArgument);
        }
        CheckSame(field, id, request);
    }

    internal static void CheckSame(string field, string id, ObjectReader request)
    {
        if (request.Text(field) is not { } inBody || inBody == id) return;
        request.Problem(field, $"is [{ProblemList.Shown(inBody)}] but the address says [{ProblemList.Shown(id)}]: remove it or make the two the same",
            ProblemKind.IllegalArgument);
    }
}
