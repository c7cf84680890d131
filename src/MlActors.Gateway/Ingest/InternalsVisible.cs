using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("MlActors.Gateway.Tests")]
